import * as z from 'zod';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoParkedLoans } from '#platform/repositories/parked-loans.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorCursor, pageKeyIn, pageQuery } from './operator-cursor.ts';

const Key = z.strictObject({
  loanId: LoanId,
  record: z.string().max(100),
  dueShard: z.literal('parked'),
  actOn: z.iso.date(),
});

export const ParkedLoanView = z
  .object({
    loanId: LoanId,
    businessDate: z.iso.date(),
    attempts: z.int(),
    reason: z.string(),
    parkedAt: z.string(),
  })
  .meta({ id: 'ParkedLoan' });

export const listParkedLoansRoute = describeRoute({
  operationId: 'listParkedLoans',
  summary: 'Loans the day close could not close and set aside, with why; the longest first',
  method: 'GET',
  path: '/ops/parked-loans',
  caller: 'Operator',
  roles: ['Supervisor', 'Administrator', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    ...pageQuery({ size: 50, atMost: 100 }),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(ParkedLoanView), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listParkedLoansRoute,
  dependencies: () => ({
    parkedLoans: new DynamoParkedLoans(documentClient(), requireEnvironment('LOANS_TABLE')),
  }),
  run: async ({ query }, { parkedLoans }) => {
    const after = pageKeyIn(query.cursor, Key);
    const page = await parkedLoans.list({ limit: query.limit, after });
    return { body: { items: [...page.items], ...operatorCursor(page.next) } };
  },
});
