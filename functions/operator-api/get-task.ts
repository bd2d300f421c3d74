import * as z from 'zod';
import { TaskId } from '#domain/shared/primitives.ts';
import { mayWork } from '#domain/tasks/decide-task.ts';
import { NotFound } from '#domain/shared/errors.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorDependencies } from './operator-dependencies.ts';
import { TaskView, viewTask } from './task-view.ts';

export const getTaskRoute = describeRoute({
  operationId: 'getTask',
  summary: 'One task, with what is to be decided and the hash a decision is bound to',
  method: 'GET',
  path: '/ops/tasks/{taskId}',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Collector', 'Supervisor', 'Auditor'],
  parameters: z.object({ taskId: TaskId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: TaskView,
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getTaskRoute,
  dependencies: operatorDependencies,
  run: async ({ caller, parameters }, { tasks }) => {
    const task = existing(await tasks.find(parameters.taskId), 'such task');
    const isOthers = task.queue !== undefined && !mayWork(task, caller);
    if (isOthers && !caller.roles.includes('Auditor')) throw new NotFound('not found');
    return { body: viewTask(task) };
  },
});
