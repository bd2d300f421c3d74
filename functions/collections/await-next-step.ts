import * as z from 'zod';
import type { Cases } from '#domain/collections/ports.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import type { WorkflowTokens } from '#platform/workflow-tokens.ts';
import { collectionDependencies } from './collection-dependencies.ts';

export const AwaitNextStepInput = z.object({
  borrowerKey: z.string().min(1),
  lenderId: z.string().min(1),
  version: z.int().min(1),
  waitSeconds: z.int().min(1),
  taskToken: z.string().min(1),
});

export interface AwaitNextStepDependencies {
  readonly cases: Cases;
  readonly tokens: WorkflowTokens;
  readonly now: () => Date;
}

/**
 * Waits for the next date, or for whatever happens before it. The token is stored first and the case read afterwards: a
 * change that came between the choice and this wait is seen either by whoever made it, in the token, or here.
 */
export async function runAwaitNextStep(
  { borrowerKey, lenderId, version, waitSeconds, taskToken }: z.infer<typeof AwaitNextStepInput>,
  { cases, tokens, now }: AwaitNextStepDependencies,
): Promise<{ outcome: 'Waiting' | 'Changed' }> {
  const until = new Date(now().getTime() + waitSeconds * 1000).toISOString();
  await cases.keepWaiting({ borrowerKey, lenderId, taskToken, until, version });
  const current = await cases.find(borrowerKey, lenderId);
  if (current?.version === version) return { outcome: 'Waiting' };
  await tokens.succeed(taskToken, { outcome: 'Changed' });
  return { outcome: 'Changed' };
}

export const handler = workflowTask({
  input: AwaitNextStepInput,
  dependencies: collectionDependencies,
  run: runAwaitNextStep,
});
