import * as z from 'zod';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { PaymentReport, reportPayment, ReportedPaymentView } from '#platform/report-payment.ts';
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
  body: PaymentReport,
  status: 201,
  answer: ReportedPaymentView,
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: reportPaymentRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { loanId } = parameters;
    const found = await ownLoanFile(dependencies, loanId, caller.partnerId);
    const by = { channel: 'Partner' as const, actor: `partner:${caller.partnerId}` };
    return reportPayment(found, { body, idempotency, by }, dependencies);
  },
});
