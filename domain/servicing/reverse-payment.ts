import { InvalidInput, InvalidTransition, NotFound } from '../shared/errors.ts';
import { changeIdOf } from '../shared/ids.ts';
import { changeLoan } from './change-loan.ts';
import { handedOnAfter } from './claim-holders.ts';
import { accounts } from './chart-of-accounts.ts';
import type { LoanFile } from './loan-file.ts';
import type { ChangeRecord } from './loan-records.ts';
import type { LoanChange } from './ports.ts';

export interface ReversalOrder {
  readonly paymentId: string;
  readonly reason: string;
  /** Suspense: the money is here and belongs to somebody else. Payer: the bank took it back. */
  readonly moneyTo: 'Suspense' | 'Payer';
  readonly actor: string;
  readonly applied?: ChangeRecord['applied'];
}

/**
 * Says that a payment never was one of this loan: every event after its value date is played again without it, and its
 * journal entry is mirrored to the fen. A payment is reversed once.
 */
export function reversePayment(file: LoanFile, order: ReversalOrder, at: string): LoanChange {
  const { paymentId, reason, moneyTo, actor, applied } = order;
  const payment = file.payments.find(({ loanEvent }) => loanEvent.id === paymentId);
  if (payment === undefined) throw new NotFound(`no payment ${paymentId}`);
  if (isReversed(file, paymentId))
    throw new InvalidTransition(`payment ${paymentId} was reversed before`);
  if (payment.channel === 'Debit' && moneyTo === 'Suspense')
    throw new InvalidInput('a debit that is reversed goes back to the account it came from');
  const { loanId } = file.loan;
  const handedOnAt = handedOnAfter(file.loan);
  if (handedOnAt !== undefined && payment.sequence <= handedOnAt)
    throw new InvalidTransition('the claim was handed on as this payment had left it');
  const changeId = changeIdOf(loanId, `reversal|${paymentId}`);
  const { amountFen, valueDate } = payment.loanEvent;
  return changeLoan(file, {
    record: {
      loanId,
      record: `change#${changeId}`,
      loanEvent: { kind: 'Reversal', id: changeId, valueDate, paymentId },
      reason,
      actor,
      postedAt: at,
      ...(applied ? { applied } : {}),
    },
    entryType: 'Reversal',
    cash: {
      account: moneyTo === 'Suspense' ? accounts.suspense : accounts.bank,
      amountFen: -amountFen,
    },
    mirrored: file.entries.find((entry) => entry.reference === paymentId),
    eventType: 'PaymentReversed',
    facts: { paymentId, changeId, amountFen, valueDate, moneyTo },
  });
}

/** Whether a payment was reversed. */
export function isReversed({ changes }: LoanFile, paymentId: string): boolean {
  return changes.some(
    ({ loanEvent }) => loanEvent.kind === 'Reversal' && loanEvent.paymentId === paymentId,
  );
}
