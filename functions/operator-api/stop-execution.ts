import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { apiRoute } from '#platform/api-route.ts';
import { workflowClient } from '#platform/clients.ts';
import { answerOnce, rememberedRequests } from '#platform/remembered-requests.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { now } from '#platform/time.ts';
import { executionArnOf, ExecutionParameters, inOurWords } from './execution-id.ts';

export const stopExecutionRoute = describeRoute({
  operationId: 'stopExecution',
  summary: 'Stop a running execution; it can be redriven',
  method: 'POST',
  path: '/ops/executions/{executionId}/stop',
  caller: 'Operator',
  roles: ['Administrator'],
  parameters: ExecutionParameters,
  query: Nothing,
  body: z.strictObject({ reason: z.string().min(1).max(500) }),
  status: 200,
  answer: z.object({ executionId: z.string(), stoppedAt: z.string().optional() }),
  problems: ['NotFound', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: stopExecutionRoute,
  dependencies: () => ({ client: workflowClient(), keys: rememberedRequests() }),
  run: ({ caller, parameters, body, idempotency }, { client, keys }) => {
    const { executionId } = parameters;
    const { operatorId: callerId } = caller;
    return answerOnce(
      { keys, callerId, idempotency, at: now(), answer: stopExecutionRoute.answer },
      async () => {
        const command = new StopExecutionCommand({
          executionArn: executionArnOf(executionId),
          error: 'StoppedByOperator',
          cause: `${callerId}: ${body.reason}`,
        });
        const { stopDate } = await inOurWords(client.send(command));
        return { executionId, stoppedAt: stopDate?.toISOString() };
      },
    );
  },
});
