import { RedriveExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { apiRoute } from '#platform/api-route.ts';
import { workflowClient } from '#platform/clients.ts';
import { answerOnce, rememberedRequests } from '#platform/remembered-requests.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { now } from '#platform/time.ts';
import { executionArnOf, ExecutionParameters, inOurWords } from './execution-id.ts';

export const redriveExecutionRoute = describeRoute({
  operationId: 'redriveExecution',
  summary: 'Take a failed execution up again at the state that failed',
  method: 'POST',
  path: '/ops/executions/{executionId}/redrive',
  caller: 'Operator',
  roles: ['Administrator'],
  parameters: ExecutionParameters,
  query: Nothing,
  body: Nothing,
  status: 202,
  answer: z.object({ executionId: z.string(), redrivenAt: z.string().optional() }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: redriveExecutionRoute,
  dependencies: () => ({ client: workflowClient(), keys: rememberedRequests() }),
  run: ({ caller, parameters, idempotency }, { client, keys }) =>
    answerOnce(
      {
        keys,
        callerId: caller.operatorId,
        idempotency,
        at: now(),
        answer: redriveExecutionRoute.answer,
      },
      () => redrive(client, parameters.executionId, idempotency.mark),
    ),
});

/** The key is the client token as well: Step Functions itself takes a repeated redrive for the first one. */
async function redrive(client: SFNClient, executionId: string, clientToken: string) {
  const executionArn = executionArnOf(executionId);
  const command = new RedriveExecutionCommand({ executionArn, clientToken });
  try {
    const { redriveDate } = await inOurWords(client.send(command));
    return { executionId, redrivenAt: redriveDate?.toISOString() };
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionNotRedrivable')
      throw new InvalidTransition('the execution is not one that failed', { cause: error });
    throw error;
  }
}
