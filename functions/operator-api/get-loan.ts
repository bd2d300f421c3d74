import * as z from 'zod';
import { JournalEntry, Loan, LoanSchedule } from '#domain/loans/loan.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorDependencies } from './operator-dependencies.ts';

export const getFullLoanRoute = describeRoute({
  operationId: 'getFullLoan',
  summary: 'One loan with its shares, its schedule in force and its journal',
  method: 'GET',
  path: '/ops/loans/{loanId}',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor', 'Auditor'],
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: Loan.omit({ borrowerKey: true })
    .extend({ schedule: LoanSchedule.optional(), entries: z.array(JournalEntry) })
    .meta({ id: 'FullLoan' }),
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getFullLoanRoute,
  dependencies: operatorDependencies,
  run: async ({ parameters }, { loans }) => {
    const { loanId } = parameters;
    const loan = existing(await loans.find(loanId), 'such loan');
    const [schedule, entries] = await Promise.all([
      loans.findSchedule(loanId, loan.scheduleVersion),
      loans.listEntries(loanId),
    ]);
    return { body: { ...loan, schedule, entries: [...entries] } };
  },
});
