import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { apiRoute } from '#platform/api-route.ts';
import { workflowClient } from '#platform/clients.ts';
import { ApiProblem } from '#platform/problem.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { executionIdOf, inOurWords } from './execution-id.ts';
import { machineArns } from './operator-dependencies.ts';

const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 200;

export const ExecutionView = z
  .object({
    executionId: z.string(),
    executionArn: z.string(),
    machine: z.string(),
    status: z.string(),
    startedAt: z.string().optional(),
    stoppedAt: z.string().optional(),
    redriveCount: z.int().optional(),
  })
  .meta({ id: 'Execution' });

export const listExecutionsRoute = describeRoute({
  operationId: 'listExecutions',
  summary: 'Executions of one machine, newest first',
  method: 'GET',
  path: '/ops/executions',
  caller: 'Operator',
  roles: ['Supervisor', 'Administrator', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    machine: z.string().max(80).default('originate-loan'),
    status: z
      .enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'])
      .optional(),
    cursor: z.string().max(3000).optional(),
    limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(ExecutionView), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listExecutionsRoute,
  dependencies: () => ({ machines: machineArns(), client: workflowClient() }),
  run: async ({ query }, { machines, client }) => {
    const stateMachineArn = machines.get(query.machine);
    if (stateMachineArn === undefined)
      throw new ApiProblem('InvalidInput', 'some fields do not fit, see errors', [
        { path: 'machine', message: `one of ${[...machines.keys()].join(', ')}` },
      ]);
    const { executions = [], nextToken } = await inOurWords(
      client.send(
        new ListExecutionsCommand({
          stateMachineArn,
          statusFilter: query.status,
          nextToken: query.cursor,
          maxResults: query.limit,
        }),
      ),
    );
    return {
      body: {
        items: executions.map(({ executionArn = '', status = '', ...execution }) => ({
          executionId: executionIdOf(executionArn),
          executionArn,
          machine: query.machine,
          status,
          startedAt: execution.startDate?.toISOString(),
          stoppedAt: execution.stopDate?.toISOString(),
          redriveCount: execution.redriveCount,
        })),
        ...(nextToken === undefined ? {} : { nextCursor: nextToken }),
      },
    };
  },
});
