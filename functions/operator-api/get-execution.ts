import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { apiRoute } from '#platform/api-route.ts';
import { workflowClient } from '#platform/clients.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { executionArnOf, ExecutionParameters, inOurWords } from './execution-id.ts';
import { ExecutionView } from './list-executions.ts';

export const getExecutionRoute = describeRoute({
  operationId: 'getExecution',
  summary: 'One execution: where it stands, what it was given and what came of it',
  method: 'GET',
  path: '/ops/executions/{executionId}',
  caller: 'Operator',
  roles: ['Supervisor', 'Administrator', 'Auditor'],
  parameters: ExecutionParameters,
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: ExecutionView.extend({
    input: z.unknown(),
    output: z.unknown(),
    error: z.string().optional(),
    cause: z.string().optional(),
  }),
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getExecutionRoute,
  dependencies: () => ({ client: workflowClient() }),
  run: async ({ parameters }, { client }) => {
    const { executionId } = parameters;
    const executionArn = executionArnOf(executionId);
    const execution = await inOurWords(client.send(new DescribeExecutionCommand({ executionArn })));
    return {
      body: {
        executionId,
        executionArn,
        machine: executionId.split(':')[0] ?? '',
        status: execution.status ?? '',
        startedAt: execution.startDate?.toISOString(),
        stoppedAt: execution.stopDate?.toISOString(),
        redriveCount: execution.redriveCount,
        input: parsed(execution.input),
        output: parsed(execution.output),
        error: execution.error,
        cause: execution.cause,
      },
    };
  },
});

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}
