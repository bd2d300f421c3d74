import * as z from 'zod';
import { BankOrder } from '#domain/servicing/bank-order.ts';
import { AmountFen, BusinessDate, LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { confirmOrder } from '#platform/confirm-order.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorDependencies } from './operator-dependencies.ts';
import { OrderView } from './order-view.ts';

export const confirmOrderRoute = describeRoute({
  operationId: 'confirmOrder',
  summary: 'Say what the bank said of a debit or refund whose outcome is unknown',
  method: 'POST',
  path: '/ops/loans/{loanId}/order-outcomes',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: z.discriminatedUnion('outcome', [
    z.strictObject({
      outcome: z.literal('Paid'),
      record: BankOrder.shape.record,
      attempt: z.int().min(1),
      amountFen: AmountFen,
      valueDate: BusinessDate,
      bankReference: z.string().trim().min(1).max(100),
    }),
    z.strictObject({
      outcome: z.literal('NotPaid'),
      record: BankOrder.shape.record,
      attempt: z.int().min(1),
    }),
  ]),
  status: 200,
  answer: OrderView,
  problems: ['NotFound', 'InvalidTransition'],
});

export const handler = apiRoute({
  description: confirmOrderRoute,
  dependencies: operatorDependencies,
  run: async ({ caller, parameters, body }, dependencies) => {
    const actor = `operator:${caller.operatorId}`;
    const { record, attempt } = body;
    const verdict =
      body.outcome === 'Paid'
        ? ({
            outcome: 'Paid',
            amountFen: body.amountFen,
            valueDate: body.valueDate,
            bankReference: body.bankReference,
            actor,
          } as const)
        : ({ outcome: 'Refused', because: 'ConfirmedNotPaid', actor } as const);
    return { body: await confirmOrder({ ...parameters, record, attempt, verdict }, dependencies) };
  },
});
