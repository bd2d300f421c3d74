import * as z from 'zod';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoNotices } from '#platform/repositories/notices.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { NoticeView, viewNotice } from './notice-view.ts';

/** A loan of five years with a reminder three times a month stays below this. */
const NOTICES_MAX = 1_000;

export const listNoticesRoute = describeRoute({
  operationId: 'listNotices',
  summary: 'What borrower and partner of a loan were told, and whether it arrived',
  method: 'GET',
  path: '/ops/loans/{loanId}/notices',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor', 'Auditor'],
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(NoticeView) }),
  problems: [],
});

export const handler = apiRoute({
  description: listNoticesRoute,
  dependencies: () => ({
    notices: new DynamoNotices(documentClient(), requireEnvironment('NOTICES_TABLE')),
  }),
  run: async ({ parameters }, { notices }) => {
    const { items } = await notices.listByLoan(parameters.loanId, { limit: NOTICES_MAX });
    const byTime = items.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    return { body: { items: byTime.map(viewNotice) } };
  },
});
