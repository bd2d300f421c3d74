import { contentHashOf } from '../shared/content-hash.ts';
import { startAggregate } from '../shared/change-aggregate.ts';
import { payoutRefOf } from '../shared/ids.ts';
import type { Payout } from './payout.ts';

export interface PayoutOrder {
  readonly loanId: string;
  readonly applicationId: string;
  /** 1 for the first payment of a loan; the next one only after the bank definitely refused the one before. */
  readonly payoutNumber: number;
  readonly amountFen: number;
  readonly payee: Payout['payee'];
  /** Blind index of the payee's account number: the instruction is bound to it without naming it. */
  readonly payeeKey: string;
  readonly at: string;
}

/** The intent to pay, written before the bank is asked. Its reference follows from loan and number, never from chance. */
export function createPayout(order: PayoutOrder): Payout {
  const payoutRef = payoutRefOf(order.loanId, order.payoutNumber);
  const { loanId, applicationId, payoutNumber, amountFen, payee, at } = order;
  return startAggregate(
    payoutRef,
    {
      payoutRef,
      state: 'Intent' as const,
      attempt: 1,
      loanId,
      applicationId,
      payoutNumber,
      amountFen,
      payee,
      bodyHash: payoutBodyHash(order),
      createdAt: at,
    },
    {
      type: 'PayoutIntended',
      at,
      actor: 'workflow',
      facts: { payoutRef, loanId, applicationId, payoutNumber, amountFen, payee },
    },
  );
}

/** What the reference stands for: another amount or another account is another instruction. */
export function payoutBodyHash(
  order: Pick<PayoutOrder, 'amountFen' | 'payee' | 'payeeKey'>,
): string {
  return contentHashOf({
    amountFen: order.amountFen,
    payee: order.payee,
    payeeKey: order.payeeKey,
  });
}
