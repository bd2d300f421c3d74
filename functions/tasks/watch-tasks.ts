import * as z from 'zod';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { PageKey } from '#domain/shared/page.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { Queue, type Task } from '#domain/tasks/task.ts';
import { watchTask } from '#domain/tasks/watch-task.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { now } from '#platform/time.ts';
import { workflowTask } from '#platform/workflow-task.ts';

export interface WatchTasksDependencies {
  readonly tasks: Tasks;
  readonly now: () => Date;
}

const PAGE = 100;
/** No reminder comes earlier than this before its deadline: what is due later needs nothing yet. */
const HORIZON_MS = 48 * 3_600_000;

/** Reminds of open tasks and passes late ones on to the supervisors. */
export async function runWatchTasks(
  _schedule: unknown,
  dependencies: WatchTasksDependencies,
): Promise<{ watched: number; changed: number }> {
  let watched = 0;
  let changed = 0;
  for (const queue of Queue.options)
    for await (const task of dueSoon(queue, dependencies)) {
      watched += 1;
      if (await watch(task, dependencies)) changed += 1;
    }
  return { watched, changed };
}

async function* dueSoon(
  queue: Queue,
  { tasks, now }: WatchTasksDependencies,
): AsyncGenerator<Task> {
  const dueBefore = new Date(now().getTime() + HORIZON_MS).toISOString();
  let after: PageKey | undefined;
  do {
    const page = await tasks.listInbox({ queue, dueBefore }, { limit: PAGE, after });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}

async function watch(found: Task, { tasks, now }: WatchTasksDependencies): Promise<boolean> {
  // What the index shows needs nothing: a look at every task that waits would be most of what a quiet hour costs.
  if (watchTask(found, now().toISOString()) === undefined) return false;
  // The index may lag behind: what is written is decided on the task itself.
  const task = await tasks.find(found.taskId);
  const next = task && watchTask(task, now().toISOString());
  if (next === undefined) return false;
  try {
    await tasks.replace(next);
    return true;
  } catch (error) {
    // Somebody took or decided it this very moment: nothing to remind of.
    if (error instanceof ConcurrentChange) return false;
    throw error;
  }
}

export const handler = workflowTask({
  input: z.unknown(),
  dependencies: () => ({
    tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
    now,
  }),
  run: runWatchTasks,
});
