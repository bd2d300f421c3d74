import * as z from 'zod';
import { RestructuringPlan } from '#domain/servicing/restructuring.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { askRestructuring } from '#platform/restructuring-request.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { ownLoanFile } from './own-loan.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const requestRestructuringRoute = describeRoute({
  operationId: 'requestRestructuring',
  summary: 'Ask for an extension, a payment holiday, another rate or a re-amortisation',
  method: 'POST',
  path: '/v1/loans/{loanId}/restructuring-requests',
  caller: 'Partner',
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: z.strictObject({ plan: RestructuringPlan, reason: z.string().trim().min(1).max(500) }),
  status: 202,
  answer: z.object({
    loanId: z.string(),
    requestId: z.string(),
    status: z.literal('AwaitingApproval'),
  }),
  problems: ['NotFound', 'InvalidTransition'],
});

export const handler = apiRoute({
  description: requestRestructuringRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, parameters, body }, dependencies) => {
    const { loanId } = parameters;
    const file = await ownLoanFile(dependencies, loanId, caller.partnerId);
    const { taskId } = await askRestructuring(
      { file, ...body, requestedBy: `partner:${caller.partnerId}`, excludedOperators: [] },
      dependencies,
    );
    return { body: { loanId, requestId: taskId, status: 'AwaitingApproval' as const } };
  },
});
