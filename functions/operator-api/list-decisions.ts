import * as z from 'zod';
import { ApplicationId, Instant } from '#domain/shared/primitives.ts';
import { ReplayCase } from '#domain/underwriting/decision-record.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoDecisions } from '#platform/repositories/decisions.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorCursor, pageKeyIn, pageQuery } from './operator-cursor.ts';

const CreditPolicyId = z.string().regex(/^[a-z][a-z0-9-]{1,60}$/);

export const listDecisionsRoute = describeRoute({
  operationId: 'listDecisions',
  summary:
    'Decisions of every version of a credit policy with what they were made from, the oldest first',
  method: 'GET',
  path: '/ops/decisions',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    creditPolicyId: CreditPolicyId,
    from: z.iso.date().optional(),
    to: Instant.optional(),
    ...pageQuery({ size: 100, atMost: 200 }),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(ReplayCase), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listDecisionsRoute,
  dependencies: () => ({
    decisions: new DynamoDecisions(documentClient(), requireEnvironment('DECISIONS_TABLE')),
  }),
  run: async ({ query }, { decisions }) => {
    const { creditPolicyId, from, to, cursor, limit } = query;
    const Key = z.strictObject({
      applicationId: ApplicationId,
      record: z.literal('decision'),
      creditPolicyId: z.literal(creditPolicyId),
      decidedAt: Instant,
    });
    const after = pageKeyIn(cursor, Key);
    const page = await decisions.listByPolicy({ creditPolicyId, from, to }, { limit, after });
    return { body: { items: [...page.items], ...operatorCursor(page.next) } };
  },
});
