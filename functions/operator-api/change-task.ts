import * as z from 'zod';
import { TaskId } from '#domain/shared/primitives.ts';
import type { Operator } from '#domain/tasks/decide-task.ts';
import type { Task } from '#domain/tasks/task.ts';
import { type Idempotency, replayedHeader } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { ApiProblem } from '#platform/problem.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import type { OperatorDependencies } from './operator-dependencies.ts';

export const TaskParameters = z.object({ taskId: TaskId });

export interface TaskRequest {
  readonly caller: Operator;
  readonly parameters: z.infer<typeof TaskParameters>;
  readonly idempotency: Idempotency;
}

export interface TaskChange {
  readonly operator: Operator;
  readonly at: string;
  readonly applied: Readonly<Record<string, string>>;
}

/** Reads a task, changes it, stores it; the same request again finds it changed and changes nothing. */
export function changeTask(
  { caller, parameters, idempotency }: TaskRequest,
  change: (task: Task, by: TaskChange) => Task,
  { tasks, now }: OperatorDependencies,
): Promise<{ readonly task: Task; readonly headers: Readonly<Record<string, string>> }> {
  const { mark, bodyHash } = idempotency;
  return retryOnConflict(async () => {
    const task = existing(await tasks.find(parameters.taskId), 'such task');
    const before = task.applied[mark];
    if (before !== undefined && before !== bodyHash)
      throw new ApiProblem('IdempotencyKeyReused', 'the key was used for another request');
    if (before !== undefined) return { task, headers: replayedHeader };
    const by = { operator: caller, at: now().toISOString(), applied: { [mark]: bodyHash } };
    const next = change(task, by);
    await tasks.replace(next);
    return { task: next, headers: {} };
  });
}
