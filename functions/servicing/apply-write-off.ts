import * as z from 'zod';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import { writeOffLoan } from '#domain/servicing/write-off-loan.ts';
import { LoanId, TaskId } from '#domain/shared/primitives.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { now } from '#platform/time.ts';

const WriteOffDecided = z.object({
  subjectId: TaskId,
  kind: z.literal('ApproveLoanWriteOff'),
  outcome: z.enum(['Approve', 'Reject']),
});

/** What the approver was shown: the decision is bound to its hash. */
const Shown = z.object({ loanId: LoanId, reason: z.string(), requestedBy: z.string() });

export interface WriteOffDependencies {
  readonly files: LoanFiles;
  readonly tasks: Tasks;
  readonly now: () => Date;
}

/** Gives up a loan that a second person agreed to give up. The event may come again: it finds the loan given up. */
export async function runApplyWriteOff(
  { subjectId }: z.infer<typeof WriteOffDecided>,
  { files, tasks, now }: WriteOffDependencies,
): Promise<void> {
  const task = existing(await tasks.find(subjectId), `task ${subjectId}`);
  const decision = task.decisions.at(-1);
  if (task.status !== 'Decided' || decision === undefined) return;
  const { loanId, reason, requestedBy } = Shown.parse(task.content);
  const at = now().toISOString();
  if (decision.outcome === 'Approve')
    await retryOnConflict(async () => {
      const file = existing(await files.find(loanId), `loan ${loanId}`);
      // Paid off or given up meanwhile: there is nothing left to do.
      if (file.loan.status !== 'Active') return;
      const approvedBy = decision.operatorId;
      await files.store(writeOffLoan(file, { reason, requestedBy, approvedBy }, at));
    });
  await tasks.replace(closeTask(task, { at, because: decision.outcome }));
}

export const handler = eventConsumer({
  detail: WriteOffDecided,
  dependencies: () => ({
    files: new DynamoLoanFiles(documentClient(), requireEnvironment('LOANS_TABLE')),
    tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
    now,
  }),
  run: runApplyWriteOff,
});
