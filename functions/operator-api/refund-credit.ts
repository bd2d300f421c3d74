import * as z from 'zod';
import { AmountFen, LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { orderDependencies } from '#platform/order-dependencies.ts';
import { refundCredit } from '#platform/refund-credit.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { OrderView } from './order-view.ts';

export const refundCreditRoute = describeRoute({
  operationId: 'refundCredit',
  summary: "Pay an overpayment back to the borrower's account",
  method: 'POST',
  path: '/ops/loans/{loanId}/refunds',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: z.strictObject({ amountFen: AmountFen, reason: z.string().trim().min(1).max(500) }),
  status: 202,
  answer: OrderView,
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: refundCreditRoute,
  dependencies: orderDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => ({
    body: await refundCredit(
      {
        ...parameters,
        ...body,
        requestedBy: `operator:${caller.operatorId}`,
        request: idempotency.mark,
      },
      dependencies,
    ),
  }),
});
