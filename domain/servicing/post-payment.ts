import { disbursedStatuses } from '../loans/loan.ts';
import type { Payment } from '../lending/servicing/loan-event.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { paymentIdOf } from '../shared/ids.ts';
import { changeLoan } from './change-loan.ts';
import { accounts } from './chart-of-accounts.ts';
import type { LoanFile } from './loan-file.ts';
import type { PaymentChannel, PaymentRecord } from './loan-records.ts';
import type { LoanChange } from './ports.ts';

export interface ReceivedPayment {
  readonly channel: PaymentChannel;
  /** Under which the bank knows the money; the same reference is the same money, whoever reports it. */
  readonly reference: string;
  readonly receiptId?: string;
  readonly amountFen: number;
  readonly valueDate: string;
  /** Repay principal before it is due; without it the payment pays installments, and ends the loan when it covers all. */
  readonly prepayment?: { readonly effect: Payment['effect'] } | undefined;
  /** Suspense: the money was in the books before it was known whose it is. */
  readonly from?: 'Bank' | 'Suspense';
  readonly actor: string;
  readonly applied?: PaymentRecord['applied'];
}

/**
 * Money received for a loan, as one change: the payment, its journal entry, and the loan it leaves. Also a settled or
 * written-off loan takes money: as the borrower's credit, or as a recovery.
 */
export function postPayment(file: LoanFile, payment: ReceivedPayment, at: string): LoanChange {
  const { loan } = file;
  if (!disbursedStatuses.includes(loan.status))
    throw new InvalidTransition(`loan ${loan.loanId} is ${loan.status}: it takes no payment`);
  const { amountFen, valueDate, reference, channel, actor, applied } = payment;
  const paymentId = paymentIdOf(reference);
  return changeLoan(file, {
    record: {
      loanId: loan.loanId,
      record: `payment#${paymentId}`,
      loanEvent: {
        kind: 'Payment',
        id: paymentId,
        valueDate,
        amountFen,
        purpose: payment.prepayment ? 'Prepayment' : 'Installments',
        effect: payment.prepayment?.effect ?? 'ShorterTerm',
      },
      channel,
      reference,
      ...(payment.receiptId === undefined ? {} : { receiptId: payment.receiptId }),
      actor,
      postedAt: at,
      ...(applied ? { applied } : {}),
    },
    entryType: 'Payment',
    cash: {
      account: payment.from === 'Suspense' ? accounts.suspense : accounts.bank,
      amountFen,
    },
    eventType: 'PaymentPosted',
    facts: { paymentId, amountFen, valueDate, channel, reference },
  });
}

/** The payment of a reference, when it was posted before. */
export function findPayment(file: LoanFile, reference: string): PaymentRecord | undefined {
  const record = `payment#${paymentIdOf(reference)}`;
  return file.payments.find((payment) => payment.record === record);
}
