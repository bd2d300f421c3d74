import * as z from 'zod';
import { viewAccount } from '#domain/servicing/view-account.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ConcurrentChange, InvalidTransition } from '#domain/shared/errors.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { openTask } from '#domain/tasks/open-task.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { currentTask } from '#platform/task-rounds.ts';
import { operatorDependencies } from './operator-dependencies.ts';
import { TaskView, viewTask } from './task-view.ts';

export const requestWriteOffRoute = describeRoute({
  operationId: 'requestWriteOff',
  summary: 'Ask that a loan be given up; a second person decides',
  method: 'POST',
  path: '/ops/loans/{loanId}/write-off-requests',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor'],
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: z.strictObject({ reason: z.string().trim().min(1).max(500) }),
  status: 202,
  answer: TaskView,
  problems: ['NotFound', 'InvalidTransition'],
});

export const handler = apiRoute({
  description: requestWriteOffRoute,
  dependencies: operatorDependencies,
  run: async ({ caller, parameters, body }, { files, tasks, now }) => {
    const { loanId } = parameters;
    const file = existing(await files.find(loanId), 'such loan');
    const { applicationId, contractNumber, partnerId, status } = file.loan;
    if (status !== 'Active')
      throw new InvalidTransition(`loan ${loanId} is ${status}: there is nothing to write off`);
    const { round, task: open } = await currentTask(tasks, applicationId, 'ApproveLoanWriteOff');
    // Asked before and not decided yet: one question at a time.
    if (open !== undefined) return { body: viewTask(open) };
    const at = now().toISOString();
    const task = openTask({
      kind: 'ApproveLoanWriteOff',
      applicationId,
      partnerId,
      round,
      content: {
        loanId,
        contractNumber,
        reason: body.reason,
        requestedBy: caller.operatorId,
        account: viewAccount(file, businessDateOf(Date.parse(at))),
      },
      excludedOperators: [caller.operatorId],
      at,
    });
    try {
      await tasks.create(task);
    } catch (error) {
      if (!(error instanceof ConcurrentChange)) throw error;
      return { body: viewTask(existing(await tasks.find(task.taskId), 'such task')) };
    }
    return { body: viewTask(task) };
  },
});
