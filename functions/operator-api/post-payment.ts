import * as z from 'zod';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { PaymentReport, reportPayment, ReportedPaymentView } from '#platform/report-payment.ts';
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
  body: PaymentReport,
  status: 201,
  answer: ReportedPaymentView,
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: postLoanPaymentRoute,
  dependencies: operatorDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { loanId } = parameters;
    const found = existing(await dependencies.files.find(loanId), 'such loan');
    const by = { channel: 'Operator' as const, actor: `operator:${caller.operatorId}` };
    return reportPayment(found, { body, idempotency, by }, dependencies);
  },
});
