import * as z from 'zod';
import { PaymentView, viewPayments } from '#domain/servicing/view-account.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { AmountFen, BusinessDate, LoanId } from '#domain/shared/primitives.ts';
import { apiRoute, replayedHeader } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { paymentOfKey } from '#platform/payment-of-key.ts';
import { takePayment } from '#platform/take-receipt.ts';
import { ownLoanFile } from './own-loan.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const reportPaymentRoute = describeRoute({
  operationId: 'reportPayment',
  summary: 'Report money that a borrower paid into the collection account',
  method: 'POST',
  path: '/v1/loans/{loanId}/payments',
  caller: 'Partner',
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: z.strictObject({
    amountFen: AmountFen,
    valueDate: BusinessDate,
    /** The bank's id of the money, as on the statement: the same id is the same money, whoever reports it. */
    reference: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/),
    /** Repay principal before it is due; without it installments are paid. */
    prepayment: z
      .strictObject({ effect: z.enum(['ShorterTerm', 'SmallerInstallment']) })
      .optional(),
  }),
  status: 201,
  answer: z.object({ loanId: z.string(), status: z.string(), payment: PaymentView }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: reportPaymentRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { loanId } = parameters;
    const found = await ownLoanFile(dependencies, loanId, caller.partnerId);
    const before = paymentOfKey(found, idempotency);
    const { reference: bankId, ...report } = body;
    const { mark, bodyHash } = idempotency;
    const { file, payment, isRepeat } = before
      ? { file: found, payment: before, isRepeat: true }
      : await takePayment(
          {
            ...report,
            bankId,
            loanId,
            channel: 'Partner',
            actor: `partner:${caller.partnerId}`,
            applied: { mark, bodyHash },
          },
          dependencies,
        );
    const today = businessDateOf(dependencies.now().getTime());
    const view = viewPayments(file, today).find(
      ({ paymentId }) => paymentId === payment.loanEvent.id,
    );
    return {
      body: { loanId, status: file.loan.status, payment: existing(view, 'such payment') },
      headers: isRepeat ? replayedHeader : {},
    };
  },
});
