import * as z from 'zod';
import { sendToReview } from '#domain/applications/advance-application.ts';
import type { Application } from '#domain/applications/application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { isClosed } from '#domain/applications/transitions.ts';
import type { Payout } from '#domain/disbursement/payout.ts';
import type { MoneyStore } from '#domain/disbursement/ports.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { ApplicationClosed } from '#domain/shared/errors.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { openTask } from '#domain/tasks/open-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { renewTask } from '#domain/tasks/renew-task.ts';
import { taskContent, type AskedKind } from '#domain/tasks/task-content.ts';
import type { Task } from '#domain/tasks/task.ts';
import { existing } from '#platform/existing.ts';
import { currentTask } from '#platform/task-rounds.ts';
import type { WorkflowTokens } from '#platform/workflow-tokens.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { taskDependencies } from './task-dependencies.ts';

export const OpenTaskInput = z.object({
  applicationId: ApplicationId,
  kind: z.enum([
    'ReviewDocuments',
    'CheckCreditManually',
    'ApproveApplication',
    'ResolvePayout',
    'ConfirmPayout',
  ]),
  taskToken: z.string().min(1),
});

export interface OpenTaskDependencies {
  readonly applications: Applications;
  readonly loans: Loans;
  readonly money: MoneyStore;
  readonly tasks: Tasks;
  readonly tokens: WorkflowTokens;
  readonly now: () => Date;
}

/** Asks people. The token is stored with the task in one write; a question answered before is answered at once. */
export async function runOpenTask(
  { applicationId, kind, taskToken }: z.infer<typeof OpenTaskInput>,
  dependencies: OpenTaskDependencies,
): Promise<{ taskId: string }> {
  const { applications, tasks, tokens, now } = dependencies;
  const application = existing(
    await applications.find(applicationId),
    `application ${applicationId}`,
  );
  if (isClosed(application.status))
    throw new ApplicationClosed(`application ${applicationId} is ${application.status}`);
  const { round, task } = await currentTask(tasks, applicationId, kind);
  const at = now().toISOString();
  if (task?.status === 'Decided') {
    await tokens.succeed(taskToken, {
      taskId: task.taskId,
      outcome: task.decisions.at(-1)?.outcome,
    });
    return { taskId: task.taskId };
  }
  const payout = await payoutInQuestion(kind, applicationId, dependencies);
  const content = taskContent(kind, { application, payout, round });
  const next =
    task === undefined
      ? openTask({ ...openingOf(application, kind), kind, round, content, taskToken, at })
      : renewTask(task, { taskToken, content, at });
  await tasks.replace(next);
  if (kind === 'ReviewDocuments' && application.status !== 'UnderReview')
    await applications.replace(sendToReview(application, at));
  return { taskId: next.taskId };
}

/** Maker is not checker: who approved the documents does not approve the loan. */
function openingOf(
  application: Application,
  kind: AskedKind,
): Pick<
  Parameters<typeof openTask>[0],
  'applicationId' | 'partnerId' | 'approvalsRequired' | 'excludedOperators'
> {
  const { applicationId, partnerId, decision, review } = application;
  if (kind !== 'ApproveApplication') return { applicationId, partnerId };
  const reviewer = /^operator:(.+)$/.exec(review?.reviewedBy ?? '')?.[1];
  return {
    applicationId,
    partnerId,
    approvalsRequired: decision?.approversRequired === 2 ? 2 : 1,
    excludedOperators: reviewer === undefined ? [] : [reviewer],
  };
}

async function payoutInQuestion(
  kind: Task['kind'],
  applicationId: string,
  { applications, loans, money }: OpenTaskDependencies,
): Promise<Payout | undefined> {
  if (kind !== 'ResolvePayout' && kind !== 'ConfirmPayout') return undefined;
  const application = await applications.find(applicationId);
  if (application?.loanId === undefined) return undefined;
  const loan = await loans.find(application.loanId);
  return loan && money.findPayout(loan.payoutRef);
}

export const handler = workflowTask({
  input: OpenTaskInput,
  dependencies: taskDependencies,
  run: runOpenTask,
});
