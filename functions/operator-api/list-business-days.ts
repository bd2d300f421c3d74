import * as z from 'zod';
import { BusinessDay } from '#domain/servicing/business-day.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoBusinessDays } from '#platform/repositories/business-days.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorCursor, pageKeyIn, pageQuery } from './operator-cursor.ts';

const Key = z.strictObject({ metric: z.literal('business-day'), dateDimension: z.iso.date() });

export const listBusinessDaysRoute = describeRoute({
  operationId: 'listBusinessDays',
  summary: 'The runs of the day close, the latest first: which dates each closed and how that went',
  method: 'GET',
  path: '/ops/business-days',
  caller: 'Operator',
  roles: ['Supervisor', 'Administrator', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    ...pageQuery({ size: 50, atMost: 100 }),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(BusinessDay), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listBusinessDaysRoute,
  dependencies: () => ({
    businessDays: new DynamoBusinessDays(documentClient(), requireEnvironment('METRICS_TABLE')),
  }),
  run: async ({ query }, { businessDays }) => {
    const after = pageKeyIn(query.cursor, Key);
    const page = await businessDays.list({ limit: query.limit, after });
    return { body: { items: [...page.items], ...operatorCursor(page.next) } };
  },
});
