import type { CollectionCase, Pause, PendingStep } from '#domain/collections/case.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { pauseTaskIdOf, stepTaskIdOf } from '#domain/collections/collection-task.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { WorkflowTokens } from './workflow-tokens.ts';

export interface CaseWorkPorts {
  readonly cases: Pick<Cases, 'findWaiting'>;
  readonly tasks: Tasks;
  readonly tokens: WorkflowTokens;
  readonly now: () => Date;
}

/**
 * Tells the workflow of a case to look again, after the case was changed from outside. The change is stored before: what
 * the workflow then reads is the new state, and a token that is gone was answered before or belongs to a wait that is over.
 */
export async function wakeCase(
  collectionCase: Pick<CollectionCase, 'borrowerKey' | 'lenderId'>,
  outcome: string,
  { cases, tokens }: Pick<CaseWorkPorts, 'cases' | 'tokens'>,
): Promise<void> {
  const { borrowerKey, lenderId } = collectionCase;
  const wait = await cases.findWaiting(borrowerKey, lenderId);
  if (wait !== undefined) await tokens.succeed(wait.taskToken, { outcome });
}

/**
 * Takes back the work of a step that is under way no more: the task leaves its queue, the workflow goes on. A task that is
 * not there yet is withdrawn by whoever opens it, since that reads the case once more afterwards.
 */
export async function withdrawStep(
  collectionCase: Pick<CollectionCase, 'caseId' | 'opening'>,
  step: Pick<PendingStep, 'action' | 'number'>,
  { tasks, tokens, now, because }: CaseWorkPorts & { readonly because: string },
): Promise<void> {
  const taskId = stepTaskIdOf(collectionCase, step);
  if (taskId === undefined) return;
  await retryOnConflict(async () => {
    const task = await tasks.find(taskId);
    if (task === undefined) return;
    if (task.status !== 'Closed')
      await tasks.replace(closeTask(task, { at: now().toISOString(), because }));
    if (task.taskToken !== undefined) await tokens.succeed(task.taskToken, { outcome: because });
  });
}

/** Takes the question of a withdrawn request out of its queue; one that was answered meanwhile keeps its answer. */
export async function withdrawQuestion(
  collectionCase: Pick<CollectionCase, 'caseId' | 'opening'>,
  pause: Pick<Pause, 'pauseId' | 'kind'>,
  { tasks, now }: Pick<CaseWorkPorts, 'tasks' | 'now'>,
): Promise<void> {
  const taskId = pauseTaskIdOf(collectionCase, pause);
  if (taskId === undefined) return;
  await retryOnConflict(async () => {
    const task = await tasks.find(taskId);
    if (task?.status === 'Open')
      await tasks.replace(
        closeTask(task, { at: now().toISOString(), because: 'RequestWithdrawn' }),
      );
  });
}

/** Both, for a case that ended: whichever step it waits in, it waits no longer. */
export async function endCaseWork(before: CollectionCase, ports: CaseWorkPorts): Promise<void> {
  if (before.pending !== undefined)
    await withdrawStep(before, before.pending, { ...ports, because: 'CaseClosed' });
  await wakeCase(before, 'CaseClosed', ports);
}
