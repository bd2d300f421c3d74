import { releaseTask } from '#domain/tasks/decide-task.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { changeTask, TaskParameters } from './change-task.ts';
import { operatorDependencies } from './operator-dependencies.ts';
import { TaskView, viewTask } from './task-view.ts';

export const releaseTaskRoute = describeRoute({
  operationId: 'releaseTask',
  summary: 'Give a claimed task back to its queue',
  method: 'POST',
  path: '/ops/tasks/{taskId}/release',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Collector', 'Supervisor'],
  parameters: TaskParameters,
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: TaskView,
  problems: ['NotFound', 'Forbidden', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: releaseTaskRoute,
  dependencies: operatorDependencies,
  run: async (request, dependencies) => {
    const { task, headers } = await changeTask(request, releaseTask, dependencies);
    return { body: viewTask(task), headers };
  },
});
