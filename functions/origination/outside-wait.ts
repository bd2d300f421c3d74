import type { Application } from '#domain/applications/application.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import { openTask } from '#domain/tasks/open-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { renewTask } from '#domain/tasks/renew-task.ts';
import type { Task } from '#domain/tasks/task.ts';
import { currentTask } from '#platform/task-rounds.ts';
import type { WorkflowTokens } from '#platform/workflow-tokens.ts';

export interface WaitDependencies {
  readonly tasks: Tasks;
  readonly tokens: WorkflowTokens;
  readonly now: () => Date;
}

/** Stores the token of a wait for somebody outside, before anything else: the answer may already be on its way. */
export async function storeWait(
  wait: {
    readonly application: Application;
    readonly kind: 'AwaitDocuments' | 'AwaitSignature';
    readonly taskToken: string;
    readonly content: Readonly<Record<string, unknown>>;
  },
  { tasks, now }: WaitDependencies,
): Promise<Task> {
  const { application, kind, taskToken } = wait;
  const { applicationId, partnerId } = application;
  const { round, task } = await currentTask(tasks, applicationId, kind);
  const content = { ...wait.content, round };
  const at = now().toISOString();
  const next =
    task === undefined
      ? openTask({ kind, applicationId, partnerId, round, content, taskToken, at })
      : renewTask(task, { taskToken, content, at });
  await tasks.replace(next);
  return next;
}

/** What was waited for is there: the workflow goes on, and the wait is over. */
export async function answerWait(
  task: Task,
  outcome: string,
  { tasks, tokens, now }: WaitDependencies,
): Promise<void> {
  const { taskId, taskToken } = task;
  if (taskToken !== undefined) await tokens.succeed(taskToken, { taskId, outcome });
  await tasks.replace(closeTask(task, { at: now().toISOString(), because: outcome }));
}
