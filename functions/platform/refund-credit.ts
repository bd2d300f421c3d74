import type { BankOrder } from '#domain/servicing/bank-order.ts';
import { intendFor, nextRefundRecord } from '#domain/servicing/intend-order.ts';
import { ConcurrentChange, InvalidTransition } from '#domain/shared/errors.ts';
import { borrowerAccountOf, findOrder, runOrder, type OrderDependencies } from './bank-orders.ts';
import { crashPoint } from './crash-point.ts';
import { existing } from './existing.ts';
import { ApiProblem } from './problem.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

export interface RefundWish {
  readonly loanId: string;
  readonly amountFen: number;
  readonly reason: string;
  readonly requestedBy: string;
  /** What makes the same request the same refund. */
  readonly request: string;
}

/** Pays an overpayment back to the borrower's account, once: the same request meets the refund it made before. */
export async function refundCredit(
  wish: RefundWish,
  dependencies: OrderDependencies,
): Promise<BankOrder> {
  const { files, now } = dependencies;
  const order = await retryOnConflict(async () => {
    const file = existing(await files.find(wish.loanId), 'such loan');
    const made = file.orders.find(({ request }) => request === wish.request);
    if (made !== undefined && (made.amountFen !== wish.amountFen || made.reason !== wish.reason))
      throw new ApiProblem('IdempotencyKeyReused', 'the key was used for another refund');
    if (made !== undefined) return made;
    if (wish.amountFen <= 0) throw new InvalidTransition('nothing to pay back');
    const { accountKeys } = await borrowerAccountOf(file.loan, dependencies);
    const change = intendFor(file, {
      kind: 'Refund',
      record: nextRefundRecord(file),
      amountFen: wish.amountFen,
      accountKey: accountKeys[0],
      requestedBy: wish.requestedBy,
      reason: wish.reason,
      request: wish.request,
      at: now().toISOString(),
    });
    await files.store(change);
    await crashPoint('order.after-intent');
    return change.order;
  });
  try {
    return await runOrder(order, dependencies);
  } catch (error) {
    if (!(error instanceof ConcurrentChange)) throw error;
    return (await findOrder(order, dependencies)) ?? order;
  }
}
