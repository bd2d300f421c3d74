import * as z from 'zod';
import { ScheduleRowView, viewSchedule } from '#domain/servicing/view-account.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { ownLoan } from './own-loan.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const getLoanScheduleRoute = describeRoute({
  operationId: 'getLoanSchedule',
  summary: 'What is due when, and what of it is paid',
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
    rows: z.array(ScheduleRowView),
  }),
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getLoanScheduleRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, parameters }, { files, loans, now }) => {
    const { loanId } = parameters;
    const file = await files.find(loanId);
    if (file?.loan.partnerId !== caller.partnerId) {
      // A loan that is not paid out yet owes nothing.
      const { scheduleVersion } = await ownLoan(loans, loanId, caller.partnerId);
      return { body: { loanId, scheduleVersion, rows: [] } };
    }
    const rows = viewSchedule(file, businessDateOf(now().getTime()));
    return { body: { loanId, scheduleVersion: file.loan.scheduleVersion, rows: [...rows] } };
  },
});
