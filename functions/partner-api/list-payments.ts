import * as z from 'zod';
import { PaymentView, viewPayments } from '#domain/servicing/view-account.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { ownLoan } from './own-loan.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const listPaymentsRoute = describeRoute({
  operationId: 'listPayments',
  summary: 'Every payment of a loan and what it paid',
  method: 'GET',
  path: '/v1/loans/{loanId}/payments',
  caller: 'Partner',
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(PaymentView) }),
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: listPaymentsRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, parameters }, { files, loans, now }) => {
    const { loanId } = parameters;
    const file = await files.find(loanId);
    if (file?.loan.partnerId !== caller.partnerId) {
      await ownLoan(loans, loanId, caller.partnerId);
      return { body: { items: [] } };
    }
    return { body: { items: [...viewPayments(file, businessDateOf(now().getTime()))] } };
  },
});
