import * as z from 'zod';
import { addDays } from '#domain/shared/calendar.ts';
import { ApplicationId, BusinessDate, Instant } from '#domain/shared/primitives.ts';
import { ShadowCase } from '#domain/underwriting/decision-record.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoDecisions } from '#platform/repositories/decisions.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorCursor, pageKeyIn, pageQuery } from './operator-cursor.ts';

const CreditPolicyId = z.string().regex(/^[a-z][a-z0-9-]{1,60}$/);

export const listShadowDecisionsRoute = describeRoute({
  operationId: 'listShadowDecisions',
  summary:
    'What champion and challenger of a credit policy each said of the same applications, the oldest first',
  method: 'GET',
  path: '/ops/shadow-decisions',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    creditPolicyId: CreditPolicyId,
    /** First and last business date. */
    from: BusinessDate.optional(),
    to: BusinessDate.optional(),
    ...pageQuery({ size: 100, atMost: 200 }),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(ShadowCase), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

/** When a business date begins, as decisions write their time. */
function startOf(date: string): string {
  return new Date(`${date}T00:00:00+08:00`).toISOString();
}

export const handler = apiRoute({
  description: listShadowDecisionsRoute,
  dependencies: () => ({
    decisions: new DynamoDecisions(documentClient(), requireEnvironment('DECISIONS_TABLE')),
  }),
  run: async ({ query }, { decisions }) => {
    const { creditPolicyId, from, to, cursor, limit } = query;
    const Key = z.strictObject({
      applicationId: ApplicationId,
      record: z.string().startsWith('shadow#').max(100),
      shadowOf: z.literal(creditPolicyId),
      decidedAt: Instant,
    });
    const period = {
      ...(from === undefined ? {} : { from: startOf(from) }),
      ...(to === undefined ? {} : { before: startOf(addDays(to, 1)) }),
    };
    const after = pageKeyIn(cursor, Key);
    const page = await decisions.listShadows({ creditPolicyId, ...period }, { limit, after });
    return { body: { items: [...page.items], ...operatorCursor(page.next) } };
  },
});
