import * as z from 'zod';
import { applyAnswer } from '#domain/applications/apply-answer.ts';
import type { Applications } from '#domain/applications/ports.ts';
import type { MoneyStore } from '#domain/disbursement/ports.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { InvalidInput } from '#domain/shared/errors.ts';
import { ApplicationId, TaskId } from '#domain/shared/primitives.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { applicationOf, type Task, type TaskKind, type TaskOutcome } from '#domain/tasks/task.ts';
import { existing } from '#platform/existing.ts';
import { storeApplication } from '#platform/store-application.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { taskDependencies } from './task-dependencies.ts';

export const ApplyAnswerInput = z.object({ applicationId: ApplicationId, taskId: TaskId });

export interface ApplyAnswerDependencies {
  readonly applications: Applications;
  readonly loans: Loans;
  readonly money: MoneyStore;
  readonly tasks: Tasks;
  readonly now: () => Date;
}

export interface AppliedAnswer {
  readonly kind: TaskKind;
  readonly outcome: TaskOutcome | undefined;
  /** With which payout a repeated payment goes on, and under which name its machine runs. */
  readonly payoutNumber?: number;
  readonly disbursement?: string;
}

/** Lets a person's answer take effect: the application first, then the task is closed. Done twice it is done once. */
export async function runApplyAnswer(
  { applicationId, taskId }: z.infer<typeof ApplyAnswerInput>,
  dependencies: ApplyAnswerDependencies,
): Promise<AppliedAnswer> {
  const { tasks, now } = dependencies;
  const task = existing(await tasks.find(taskId), `task ${taskId}`);
  if (task.applicationId !== applicationId)
    throw new InvalidInput(`task ${taskId} belongs to another application`);
  if (task.status !== 'Closed') {
    const at = now().toISOString();
    await takeEffect(task, at, dependencies);
    await tasks.replace(closeTask(task, { at, because: 'AnswerApplied' }));
  }
  const outcome = task.decisions.at(-1)?.outcome;
  if (task.kind !== 'ResolvePayout') return { kind: task.kind, outcome };
  return { kind: task.kind, outcome, ...(await nextPayout(task, dependencies)) };
}

async function takeEffect(
  task: Task,
  at: string,
  { applications }: ApplyAnswerDependencies,
): Promise<void> {
  const applicationId = applicationOf(task);
  const application = existing(
    await applications.find(applicationId),
    `application ${applicationId}`,
  );
  const next = applyAnswer(application, task, at);
  if (next !== undefined) await storeApplication(applications, next);
}

const Shown = z.object({ round: z.int() });

/** A new number only after a definite refusal; otherwise the same payout is asked for again. */
async function nextPayout(
  task: Task,
  { applications, loans, money }: ApplyAnswerDependencies,
): Promise<{ payoutNumber: number; disbursement: string }> {
  const { round } = Shown.parse(task.content);
  const applicationId = applicationOf(task);
  const disbursement = `${applicationId}-${round + 1}`;
  const application = await applications.find(applicationId);
  const loan = application?.loanId === undefined ? undefined : await loans.find(application.loanId);
  if (loan === undefined) return { payoutNumber: 1, disbursement };
  const payout = await money.findPayout(loan.payoutRef);
  const payoutNumber = loan.payoutNumber + (payout?.state === 'Refused' ? 1 : 0);
  return { payoutNumber, disbursement };
}

export const handler = workflowTask({
  input: ApplyAnswerInput,
  dependencies: taskDependencies,
  run: runApplyAnswer,
});
