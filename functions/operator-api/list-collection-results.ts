import * as z from 'zod';
import { sumResults } from '#domain/collections/case-result.ts';
import { BusinessDate } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';

const Group = z
  .object({
    strategy: z.string(),
    arm: z.string(),
    agencyId: z.string().optional(),
    cases: z.int(),
    cured: z.int(),
    receivedFen: z.int(),
    costFen: z.int(),
    days: z.int(),
    receivedByStep: z.record(z.string(), z.int()),
  })
  .meta({ id: 'CollectionResult' });

export const listCollectionResultsRoute = describeRoute({
  operationId: 'listCollectionResults',
  summary: 'How the cases that ended between two dates ended, by strategy and arm or by agency',
  method: 'GET',
  path: '/ops/collections/results',
  caller: 'Operator',
  roles: ['Supervisor', 'Administrator', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    from: BusinessDate,
    to: BusinessDate,
    by: z.enum(['Arm', 'Agency']).default('Arm'),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(Group) }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listCollectionResultsRoute,
  dependencies: caseDependencies,
  run: async ({ query }, { results }) => {
    const { from, to, by } = query;
    const rows = await results.list({ from, to });
    if (by === 'Arm') return { body: { items: [...sumResults(rows)] } };
    const groups = Map.groupBy(rows, ({ agencyId = 'none' }) => agencyId);
    return {
      body: {
        items: [...groups].flatMap(([agencyId, own]) =>
          sumResults(own, () => agencyId).map((group) => ({ ...group, agencyId })),
        ),
      },
    };
  },
});
