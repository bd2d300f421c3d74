import * as z from 'zod';
import type { Debts } from '#domain/collections/debt.ts';
import { followRelief } from '#domain/collections/follow-relief.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { LoanId, TaskId } from '#domain/shared/primitives.ts';
import { wakeCase, type CaseWorkPorts } from '#platform/case-work.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { collectionDependencies } from './collection-dependencies.ts';

export const RestructuringAnswered = z.object({
  taskId: TaskId,
  kind: z.literal('ApproveRestructuring'),
});

/** What the task was about; a request of the partner looks the same and may be the one a case rests for. */
const Asked = z.looseObject({ loanId: LoanId });

export interface FollowReliefDependencies extends CaseWorkPorts {
  readonly cases: Cases;
  readonly debts: Debts;
}

/** Servicing has answered a request for new terms: the case that rests for them waits for the borrower, or goes on. */
export async function runFollowRelief(
  { taskId }: z.infer<typeof RestructuringAnswered>,
  dependencies: FollowReliefDependencies,
): Promise<void> {
  const { cases, debts, tasks, now } = dependencies;
  const task = existing(await tasks.find(taskId), `task ${taskId}`);
  const { loanId } = Asked.parse(task.content);
  const debt = await debts.find(loanId, businessDateOf(now().getTime()));
  if (debt === undefined) return;
  const closedTasks = new Set([taskId]);
  const found = await cases.listByBorrower(debt.borrowerKey);
  const resting = found.filter(({ pauses }) =>
    pauses.some(({ requests }) => requests?.some((request) => request.taskId === taskId)),
  );
  for (const { borrowerKey, lenderId } of resting) {
    const changed = await retryOnConflict(async () => {
      const current = existing(await cases.find(borrowerKey, lenderId), 'such case');
      const at = now().toISOString();
      const next = followRelief(current, { debts: [debt], closedTasks, at });
      if (next !== undefined) await cases.replace(next);
      return next;
    });
    if (changed !== undefined) await wakeCase(changed, 'ReliefAnswered', dependencies);
  }
}

export const handler = eventConsumer({
  detail: RestructuringAnswered,
  dependencies: collectionDependencies,
  run: runFollowRelief,
});
