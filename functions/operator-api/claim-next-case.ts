import * as z from 'zod';
import { nextBest } from '#domain/collections/next-best.ts';
import { ConcurrentChange, NotFound } from '#domain/shared/errors.ts';
import { claimTask, type Operator } from '#domain/tasks/decide-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import type { Task } from '#domain/tasks/task.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';
import { TaskView, viewTask } from './task-view.ts';

/** So many of the most urgent are compared; the index has them by their deadline. */
const COMPARED = 100;

export const claimNextCaseRoute = describeRoute({
  operationId: 'claimNextCase',
  summary: 'Take the next best account: the nearest deadline, then what is most at stake',
  method: 'POST',
  path: '/ops/collections/next',
  caller: 'Operator',
  roles: ['Collector', 'Supervisor'],
  parameters: Nothing,
  query: Nothing,
  body: z.strictObject({ queue: z.enum(['Collection', 'FieldVisit']).default('Collection') }),
  status: 200,
  answer: TaskView,
  problems: ['NotFound'],
});

/** The one already held comes first: nobody hoards, and a repeated request is given what it was given. */
export async function runClaimNext(
  { queue, operator }: { readonly queue: 'Collection' | 'FieldVisit'; readonly operator: Operator },
  { tasks, now }: { readonly tasks: Tasks; readonly now: () => Date },
): Promise<Task> {
  const { items } = await tasks.listInbox({ queue }, { limit: COMPARED });
  const held = items.find(({ assignee }) => assignee === operator.operatorId);
  if (held !== undefined) return held;
  for (const { taskId } of nextBest(items, operator.operatorId)) {
    // The index may lag behind: what is claimed is the task as it is.
    const task = await tasks.find(taskId);
    if (task?.status !== 'Open' || task.assignee !== undefined) continue;
    try {
      const claimed = claimTask(task, { operator, at: now().toISOString() });
      await tasks.replace(claimed);
      return claimed;
    } catch (error) {
      // Somebody was faster: the next one, then.
      if (!(error instanceof ConcurrentChange)) throw error;
    }
  }
  throw new NotFound('no account waits in this queue');
}

export const handler = apiRoute({
  description: claimNextCaseRoute,
  dependencies: caseDependencies,
  run: async ({ caller, body }, dependencies) => ({
    body: viewTask(await runClaimNext({ queue: body.queue, operator: caller }, dependencies)),
  }),
});
