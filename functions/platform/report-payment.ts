import * as z from 'zod';
import type { LoanFile } from '#domain/servicing/loan-file.ts';
import { PaymentView, viewPayments } from '#domain/servicing/view-account.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { AmountFen, BusinessDate } from '#domain/shared/primitives.ts';
import { replayedHeader, type Idempotency } from './api-route.ts';
import { existing } from './existing.ts';
import { paymentOfKey } from './payment-of-key.ts';
import { takePayment, type ReceiptDependencies, type ReportedPayment } from './take-receipt.ts';

/** What a partner or an operator says of money that reached the collection account. */
export const PaymentReport = z.strictObject({
  amountFen: AmountFen,
  valueDate: BusinessDate,
  /** The bank's id of the money, as on the statement: the same id is the same money, whoever reports it. */
  reference: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/),
  /** Repay principal before it is due; without it installments are paid. */
  prepayment: z.strictObject({ effect: z.enum(['ShorterTerm', 'SmallerInstallment']) }).optional(),
});

export const ReportedPaymentView = z.object({
  loanId: z.string(),
  status: z.string(),
  payment: PaymentView,
});

/**
 * Posts reported money to a loan and answers as the API does. Under a key that was used, and for money that was reported
 * before, the payment of then is answered with the header that says so. Throws `IdempotencyKeyReused` for a used key with
 * another body, `InvalidTransition` for money that was posted elsewhere.
 */
export async function reportPayment(
  found: LoanFile,
  reported: {
    readonly body: z.infer<typeof PaymentReport>;
    readonly idempotency: Idempotency;
    readonly by: Pick<ReportedPayment, 'channel' | 'actor'>;
  },
  dependencies: ReceiptDependencies,
): Promise<{
  body: z.infer<typeof ReportedPaymentView>;
  headers: Readonly<Record<string, string>>;
}> {
  const { idempotency, by } = reported;
  const { reference: bankId, ...report } = reported.body;
  const { loanId } = found.loan;
  const { mark, bodyHash } = idempotency;
  const before = paymentOfKey(found, idempotency);
  const { file, payment, isRepeat } = before
    ? { file: found, payment: before, isRepeat: true }
    : await takePayment(
        { ...report, bankId, loanId, ...by, applied: { mark, bodyHash } },
        dependencies,
      );
  const today = businessDateOf(dependencies.now().getTime());
  const { id } = payment.loanEvent;
  const view = viewPayments(file, today).find(({ paymentId }) => paymentId === id);
  return {
    body: { loanId, status: file.loan.status, payment: existing(view, 'such payment') },
    headers: isRepeat ? replayedHeader : {},
  };
}
