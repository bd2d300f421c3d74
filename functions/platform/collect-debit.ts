import type { BankOrder } from '#domain/servicing/bank-order.ts';
import { intendFor } from '#domain/servicing/intend-order.ts';
import { debitRecordOf, planDebit } from '#domain/servicing/plan-debit.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { borrowerAccountOf, findOrder, runOrder, type OrderDependencies } from './bank-orders.ts';
import { crashPoint } from './crash-point.ts';
import { existing } from './existing.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

export interface CollectedDebit {
  /**
   * Collected: all that was asked for. Partly and Refused: what is left is tried again on `nextTryOn`, if there is such a
   * day. Unknown: the bank was asked and nobody knows yet; the sweep finds out. Waiting: it is not the day.
   */
  readonly outcome: 'NothingDue' | 'Collected' | 'Partly' | 'Refused' | 'Unknown' | 'Waiting';
  readonly nextTryOn?: string;
  /** What this debit brought so far, over all its tries. */
  readonly collectedFen: number;
}

/**
 * Collects what is due on a loan from the borrower's account, for one due date: once a day of the debit plan, however often
 * it is called. The intent is stored before the bank is asked, the payment together with the settled debit.
 */
export async function collectDebit(
  loanId: string,
  dueOn: string,
  dependencies: OrderDependencies,
): Promise<CollectedDebit> {
  try {
    const order = await startOrFind(loanId, dueOn, dependencies);
    if (!('record' in order)) return order;
    return describe(await runOrder(order, dependencies));
  } catch (error) {
    if (!(error instanceof ConcurrentChange)) throw error;
    // Another attempt is at it: what it has come to so far is the answer.
    const order = await findOrder({ loanId, record: debitRecordOf(dueOn) }, dependencies);
    if (order === undefined) throw error;
    return describe(order);
  }
}

async function startOrFind(
  loanId: string,
  dueOn: string,
  dependencies: OrderDependencies,
): Promise<BankOrder | CollectedDebit> {
  const { files, now } = dependencies;
  return retryOnConflict(async () => {
    const file = existing(await files.find(loanId), `loan ${loanId} that was paid out`);
    const at = now().toISOString();
    const planned = planDebit(file, dueOn, businessDateOf(Date.parse(at)));
    switch (planned.move) {
      case 'Continue':
        return planned.order;
      case 'Wait':
        return { outcome: 'Waiting', nextTryOn: planned.nextTryOn, collectedFen: 0 };
      case 'Nothing':
        return { outcome: 'NothingDue', collectedFen: 0 };
      case 'Intend': {
        const { accountKeys } = await borrowerAccountOf(file.loan, dependencies);
        const change = intendFor(
          file,
          {
            kind: 'Debit',
            record: debitRecordOf(dueOn),
            amountFen: planned.amountFen,
            accountKey: accountKeys[0],
            requestedBy: 'workflow',
            at,
          },
          planned.previous,
        );
        await files.store(change);
        await crashPoint('order.after-intent');
        return change.order;
      }
    }
  });
}

function describe({ state, nextTryOn, movedFen, refusedBecause }: BankOrder): CollectedDebit {
  const next = nextTryOn === undefined ? {} : { nextTryOn };
  const said = { ...next, collectedFen: movedFen };
  switch (state) {
    case 'Paid':
      return { outcome: 'Collected', ...said };
    case 'Waiting':
    case 'Refused':
      return { outcome: refusedBecause === undefined ? 'Partly' : 'Refused', ...said };
    case 'Intent':
    case 'Sending':
    case 'Unknown':
      return { outcome: 'Unknown', ...said };
  }
}
