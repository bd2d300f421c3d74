import * as z from 'zod';
import { Erasure } from '#domain/privacy/ports.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorCursor, pageKeyIn, pageQuery } from './operator-cursor.ts';
import { requestDependencies } from './request-dependencies.ts';

export const listErasuresRoute = describeRoute({
  operationId: 'listErasures',
  summary:
    'The register of what was erased in a year: ids alone, kept to erase it again after a restore',
  method: 'GET',
  path: '/ops/erasures',
  caller: 'Operator',
  roles: ['Supervisor', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    year: z.string().regex(/^2\d{3}$/),
    ...pageQuery({ size: 200, atMost: 200 }),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(Erasure), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listErasuresRoute,
  dependencies: requestDependencies,
  run: async ({ query }, { retention }) => {
    const { year, cursor, limit } = query;
    const Key = z.strictObject({ year: z.literal(year), erasure: z.string().max(100) });
    const page = await retention.listErasures(year, { limit, after: pageKeyIn(cursor, Key) });
    return { body: { items: [...page.items], ...operatorCursor(page.next) } };
  },
});
