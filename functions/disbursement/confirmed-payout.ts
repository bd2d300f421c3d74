import * as z from 'zod';
import type { Payout } from '#domain/disbursement/payout.ts';
import type { Verdict } from '#domain/disbursement/plan-settlement.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { InvalidInput, PayoutUnknown } from '#domain/shared/errors.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import type { Task, TaskDecision } from '#domain/tasks/task.ts';
import { existing } from '#platform/existing.ts';

export interface ConfirmationDependencies {
  readonly tasks: Tasks;
  readonly now: () => Date;
}

/** What the person was shown: an answer about one attempt says nothing about a later one. */
const Shown = z.object({ payoutRef: z.string(), attempt: z.int() });

/** What a person found out at the bank; undefined when they want the bank asked again by us. */
export async function confirmedVerdict(
  payout: Payout,
  taskId: string,
  { tasks }: ConfirmationDependencies,
): Promise<Verdict | undefined> {
  const task = existing(await tasks.find(taskId), `task ${taskId}`);
  const shown = Shown.parse(task.content);
  if (task.kind !== 'ConfirmPayout' || shown.payoutRef !== payout.payoutRef)
    throw new InvalidInput(`task ${taskId} is not about payout ${payout.payoutRef}`);
  const decision = task.decisions.at(-1);
  if (decision === undefined) throw new PayoutUnknown(`task ${taskId} is not answered`);
  if (shown.attempt !== payout.attempt)
    throw new PayoutUnknown(`task ${taskId} is about attempt ${shown.attempt}`);
  return verdictOf(task, decision);
}

function verdictOf(task: Task, decision: TaskDecision): Verdict | undefined {
  const actor = `operator:${decision.operatorId}`;
  switch (decision.outcome) {
    case 'ConfirmPaid':
      return {
        outcome: 'Paid',
        bankReference: `confirmed by ${task.taskId}`,
        valueDate: businessDateOf(Date.parse(decision.at)),
        actor,
      };
    case 'ConfirmNotPaid':
      return { outcome: 'Refused', because: 'ConfirmedNotPaid', actor };
    default:
      return undefined;
  }
}

/** The answer has been used, or is of no use: the next question is a new task. */
export async function closeConfirmation(
  taskId: string,
  { tasks, now }: ConfirmationDependencies,
): Promise<void> {
  const task = await tasks.find(taskId);
  if (task === undefined || task.status === 'Closed') return;
  await tasks.replace(closeTask(task, { at: now().toISOString(), because: 'AnswerUsed' }));
}
