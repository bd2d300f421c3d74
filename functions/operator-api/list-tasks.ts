import * as z from 'zod';
import { Queue, queueRoles } from '#domain/tasks/task.ts';
import { Forbidden } from '#domain/shared/errors.ts';
import { Instant } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorDependencies } from './operator-dependencies.ts';
import { TaskView, viewTask } from './task-view.ts';

const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 100;

export const listTasksRoute = describeRoute({
  operationId: 'listTasks',
  summary: 'Open tasks of one queue, or of every queue your roles include; the most urgent first',
  method: 'GET',
  path: '/ops/tasks',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Collector', 'Supervisor', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    queue: Queue.optional(),
    dueBefore: Instant.optional(),
    limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(TaskView) }),
  problems: ['Forbidden'],
});

export const handler = apiRoute({
  description: listTasksRoute,
  dependencies: operatorDependencies,
  run: async ({ caller, query }, { tasks }) => {
    const { queue, dueBefore, limit } = query;
    const isAuditor = caller.roles.includes('Auditor');
    const mine = Queue.options.filter(
      (each) => isAuditor || caller.roles.some((role) => queueRoles[each].includes(role)),
    );
    if (queue !== undefined && !mine.includes(queue))
      throw new Forbidden(`your roles do not include the queue ${queue}`);
    const pages = await Promise.all(
      (queue === undefined ? mine : [queue]).map((each) =>
        tasks.listInbox({ queue: each, dueBefore }, { limit }),
      ),
    );
    const items = pages
      .flatMap((page) => page.items)
      .toSorted((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
      .slice(0, limit);
    return { body: { items: items.map(viewTask) } };
  },
});
