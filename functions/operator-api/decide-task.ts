import * as z from 'zod';
import { DocumentKind, ReasonCode } from '#domain/applications/application.ts';
import { Sha256Hex } from '#domain/shared/primitives.ts';
import { decideTask } from '#domain/tasks/decide-task.ts';
import { TaskOutcome } from '#domain/tasks/task.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { sayDecision } from '#platform/say-decision.ts';
import { changeTask, TaskParameters } from './change-task.ts';
import { operatorDependencies } from './operator-dependencies.ts';
import { TaskView, viewTask } from './task-view.ts';

export const decideTaskRoute = describeRoute({
  operationId: 'decideTask',
  summary: 'Decide a task; the decision is bound to the hash of what was shown',
  method: 'POST',
  path: '/ops/tasks/{taskId}/decision',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor'],
  parameters: TaskParameters,
  query: Nothing,
  body: z.strictObject({
    outcome: TaskOutcome,
    contentHash: Sha256Hex,
    note: z.string().max(2000).optional(),
    reasonCodes: z.array(ReasonCode).max(20).optional(),
    documentsRequested: z.array(DocumentKind).max(10).optional(),
    answers: z.record(z.string().max(50), z.string().max(100)).optional(),
  }),
  status: 200,
  answer: TaskView,
  problems: ['NotFound', 'Forbidden', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: decideTaskRoute,
  dependencies: operatorDependencies,
  run: async (request, dependencies) => {
    const { task, headers } = await changeTask(
      request,
      (open, by) => decideTask(open, { ...by, answer: request.body }),
      dependencies,
    );
    // The decision is stored; only now the workflow hears of it. In case this is lost, the event says it again.
    await sayDecision(task, dependencies.tokens);
    return { body: viewTask(task), headers };
  },
});
