import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { apiRoute } from '#platform/api-route.ts';
import { workflowClient } from '#platform/clients.ts';
import { describeRoute } from '#platform/route-description.ts';
import { Nothing } from '#platform/route-description.ts';
import { executionArnOf, ExecutionParameters, inOurWords } from './execution-id.ts';

const PAGE_SIZE = 200;
const PAGE_SIZE_MAX = 1000;

const HistoryEvent = z.object({
  id: z.int(),
  previousEventId: z.int().optional(),
  type: z.string(),
  at: z.string().optional(),
  details: z.record(z.string(), z.unknown()),
});

export const getExecutionHistoryRoute = describeRoute({
  operationId: 'getExecutionHistory',
  summary: 'What an execution did, event by event',
  method: 'GET',
  path: '/ops/executions/{executionId}/history',
  caller: 'Operator',
  roles: ['Supervisor', 'Administrator', 'Auditor'],
  parameters: ExecutionParameters,
  query: z.strictObject({
    cursor: z.string().max(3000).optional(),
    newestFirst: z.enum(['true', 'false']).default('false'),
    limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(HistoryEvent), nextCursor: z.string().optional() }),
  problems: ['NotFound'],
});

/** Task tokens are credentials: whoever reads a history must not be able to answer for somebody else. */
function withoutTokens(details: unknown): Record<string, unknown> {
  const text = JSON.stringify(details, (key, value: unknown) =>
    key === 'taskToken' ? '***' : typeof value === 'string' ? maskTokens(value) : value,
  );
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

/** Also in text that is part of text, where each quote carries its backslashes. */
function maskTokens(text: string): string {
  return text.replace(/("taskToken\\*"\s*:\s*\\*")[^"\\]*/g, '$1***');
}

export const handler = apiRoute({
  description: getExecutionHistoryRoute,
  dependencies: () => ({ client: workflowClient() }),
  run: async ({ parameters, query }, { client }) => {
    const { events = [], nextToken } = await inOurWords(
      client.send(
        new GetExecutionHistoryCommand({
          executionArn: executionArnOf(parameters.executionId),
          maxResults: query.limit,
          nextToken: query.cursor,
          reverseOrder: query.newestFirst === 'true',
          includeExecutionData: true,
        }),
      ),
    );
    return {
      body: {
        items: events.map(({ id = 0, previousEventId, type = '', timestamp, ...rest }) => ({
          id,
          previousEventId,
          type,
          at: timestamp?.toISOString(),
          details: withoutTokens(Object.values(rest).find((value) => value !== undefined) ?? {}),
        })),
        ...(nextToken === undefined ? {} : { nextCursor: nextToken }),
      },
    };
  },
});
