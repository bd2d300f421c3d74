import * as z from 'zod';
import { PaymentView, viewPayments } from '#domain/servicing/view-account.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { AmountFen, BusinessDate, LoanId } from '#domain/shared/primitives.ts';
import { apiRoute, replayedHeader } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { paymentOfKey } from '#platform/payment-of-key.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { takePayment } from '#platform/take-receipt.ts';
import { operatorDependencies } from './operator-dependencies.ts';

export const postLoanPaymentRoute = describeRoute({
  operationId: 'postLoanPayment',
  summary: 'Post money that reached the collection account to a loan',
  method: 'POST',
  path: '/ops/loans/{loanId}/payments',
  caller: 'Operator',
  roles: ['Reviewer', 'Supervisor'],
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: z.strictObject({
    amountFen: AmountFen,
    valueDate: BusinessDate,
    /** The bank's id of the money, as on the statement. */
    reference: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/),
    prepayment: z
      .strictObject({ effect: z.enum(['ShorterTerm', 'SmallerInstallment']) })
      .optional(),
  }),
  status: 201,
  answer: z.object({ loanId: z.string(), status: z.string(), payment: PaymentView }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: postLoanPaymentRoute,
  dependencies: operatorDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { loanId } = parameters;
    const found = existing(await dependencies.files.find(loanId), 'such loan');
    const before = paymentOfKey(found, idempotency);
    const { reference: bankId, ...report } = body;
    const { mark, bodyHash } = idempotency;
    const actor = `operator:${caller.operatorId}`;
    const { file, payment, isRepeat } = before
      ? { file: found, payment: before, isRepeat: true }
      : await takePayment(
          { ...report, bankId, loanId, channel: 'Operator', actor, applied: { mark, bodyHash } },
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
