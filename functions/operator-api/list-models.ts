import * as z from 'zod';
import { ModelReport } from '#domain/underwriting/model-watch/model-report.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoModelCounters } from '#platform/repositories/model-counters.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { now } from '#platform/time.ts';

export const listModelsRoute = describeRoute({
  operationId: 'listModels',
  summary: 'How each fitted scorecard does on the people it judges: the newest report of the watch',
  method: 'GET',
  path: '/ops/models',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Approver', 'Supervisor', 'Administrator', 'Auditor'],
  parameters: Nothing,
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(ModelReport) }),
  problems: [],
});

export const handler = apiRoute({
  description: listModelsRoute,
  dependencies: () => ({
    counters: new DynamoModelCounters(documentClient(), requireEnvironment('METRICS_TABLE'), now),
  }),
  run: async (_request, { counters }) => ({ body: { items: [...(await counters.listReports())] } }),
});
