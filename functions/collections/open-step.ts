import * as z from 'zod';
import type { Catalog } from '#domain/catalog/ports.ts';
import { openStepTask, stepTaskIdOf } from '#domain/collections/collection-task.ts';
import type { CollectionCase, PendingStep } from '#domain/collections/case.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import type { Task } from '#domain/tasks/task.ts';
import { renewTask } from '#domain/tasks/renew-task.ts';
import { withdrawStep, type CaseWorkPorts } from '#platform/case-work.ts';
import { conductLimits, soundScript } from '#platform/collection-catalog.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { collectionDependencies } from './collection-dependencies.ts';
import { StepInput } from './step-input.ts';

export const OpenStepInput = StepInput.extend({ taskToken: z.string().min(1) });

export interface OpenStepDependencies extends CaseWorkPorts {
  readonly cases: Cases;
  readonly catalog: Catalog;
}

/**
 * Asks people to take a step. The task is stored with the token; then the case is read once more: had it ended in between,
 * whoever ended it could not see the task, and it is withdrawn here.
 */
export async function runOpenStep(
  { borrowerKey, lenderId, number, taskToken }: z.infer<typeof OpenStepInput>,
  dependencies: OpenStepDependencies,
): Promise<{ taskId: string }> {
  const { cases, tasks, tokens } = dependencies;
  const before = await cases.find(borrowerKey, lenderId);
  const pending = stepUnderWay(before, number);
  if (before === undefined || pending === undefined) {
    await tokens.succeed(taskToken, { outcome: 'Withdrawn' });
    return { taskId: '' };
  }
  const taskId = stepTaskIdOf(before, pending) ?? '';
  const known = await tasks.find(taskId);
  if (known !== undefined && known.status !== 'Open') {
    await tokens.succeed(taskToken, { taskId, outcome: known.decisions.at(-1)?.outcome ?? 'Done' });
    return { taskId };
  }
  const next = await taskOf({ collectionCase: before, pending, taskToken, known }, dependencies);
  await tasks.replace(next);
  const after = await cases.find(borrowerKey, lenderId);
  if (stepUnderWay(after, number) === undefined)
    await withdrawStep(before, pending, { ...dependencies, because: 'Withdrawn' });
  return { taskId };
}

function stepUnderWay(
  collectionCase: CollectionCase | undefined,
  number: number,
): PendingStep | undefined {
  const { status, pending } = collectionCase ?? {};
  return status === 'Open' && pending?.number === number ? pending : undefined;
}

async function taskOf(
  asked: {
    readonly collectionCase: CollectionCase;
    readonly pending: PendingStep;
    readonly taskToken: string;
    readonly known: Task | undefined;
  },
  { catalog, now }: OpenStepDependencies,
): Promise<Task> {
  const { collectionCase, pending, taskToken, known } = asked;
  const at = now().toISOString();
  if (known !== undefined) return renewTask(known, { taskToken, content: known.content, at });
  const limits = await conductLimits(catalog, collectionCase, businessDateOf(Date.parse(at)));
  const { scriptId } = pending;
  const script = scriptId === undefined ? undefined : await soundScript(catalog, scriptId, limits);
  return openStepTask(collectionCase, { pending, script, taskToken, at });
}

export const handler = workflowTask({
  input: OpenStepInput,
  dependencies: collectionDependencies,
  run: runOpenStep,
});
