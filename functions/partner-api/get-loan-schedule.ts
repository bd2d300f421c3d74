import * as z from 'zod';
import { LoanSchedule } from '#domain/loans/loan.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { ownLoan } from './own-loan.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const getLoanScheduleRoute = describeRoute({
  operationId: 'getLoanSchedule',
  summary: 'What is due when',
  method: 'GET',
  path: '/v1/loans/{loanId}/schedule',
  caller: 'Partner',
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.object({
    loanId: z.string(),
    scheduleVersion: z.int(),
    rows: LoanSchedule.shape.rows,
  }),
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getLoanScheduleRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, parameters }, { loans }) => {
    const { loanId, scheduleVersion } = await ownLoan(loans, parameters.loanId, caller.partnerId);
    // A loan that is not paid out yet owes nothing.
    const schedule = await loans.findSchedule(loanId, scheduleVersion);
    return { body: { loanId, scheduleVersion, rows: schedule?.rows ?? [] } };
  },
});
