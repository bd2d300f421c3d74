import * as z from 'zod';
import type { Catalog } from '#domain/catalog/ports.ts';
import { answerPause, isGrant } from '#domain/collections/answer-pause.ts';
import type { CollectionCase, ReliefRequest } from '#domain/collections/case.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { TaskId } from '#domain/shared/primitives.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Task } from '#domain/tasks/task.ts';
import { wakeCase, type CaseWorkPorts } from '#platform/case-work.ts';
import { conductLimits } from '#platform/collection-catalog.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import type { Restructurings } from '#platform/serviced-restructurings.ts';
import { collectionDependencies } from './collection-dependencies.ts';

export const ReliefDecided = z.object({
  subjectId: TaskId,
  caseId: z.string(),
  pauseId: z.string(),
  kind: z.enum(['DecideHardship', 'AnswerDispute', 'AnswerComplaint']),
});

export interface ApplyReliefDependencies extends CaseWorkPorts {
  readonly cases: Cases;
  readonly catalog: Catalog;
  readonly restructurings: Restructurings;
}

/** Lets the answer to a debtor's request take effect: the case goes on, or waits for what servicing makes of it. */
export async function runApplyRelief(
  { subjectId, caseId, pauseId }: z.infer<typeof ReliefDecided>,
  dependencies: ApplyReliefDependencies,
): Promise<void> {
  const { cases, catalog, tasks, now } = dependencies;
  const task = existing(await tasks.find(subjectId), `task ${subjectId}`);
  if (task.status === 'Closed') return;
  const changed = await retryOnConflict(async (): Promise<CollectionCase> => {
    const found = existing(await cases.findById(caseId), 'such case');
    const requests = await askedFor(found, { pauseId, task }, dependencies);
    const at = now().toISOString();
    const limits = await conductLimits(catalog, found, businessDateOf(Date.parse(at)));
    const next = answerPause(found, { pauseId, task, requests, limits, at });
    if (next !== undefined) await cases.replace(next);
    return next ?? found;
  });
  await wakeCase(changed, 'RequestAnswered', dependencies);
  await tasks.replace(closeTask(task, { at: now().toISOString(), because: 'AnswerApplied' }));
}

/** Granted hardship asks servicing for new terms of every loan; while a request is open a repeat finds that one. */
async function askedFor(
  { loans, pauses }: CollectionCase,
  { pauseId, task }: { readonly pauseId: string; readonly task: Task },
  { restructurings }: ApplyReliefDependencies,
): Promise<ReliefRequest[]> {
  const pause = pauses.find((each) => each.pauseId === pauseId);
  const operatorId = task.decisions.at(-1)?.operatorId;
  if (pause?.plan === undefined || operatorId === undefined) return [];
  if (pause.kind !== 'Hardship' || !isGrant(task)) return [];
  const requests: ReliefRequest[] = [];
  for (const { loanId } of loans) {
    const taskId = await restructurings.ask({
      loanId,
      plan: pause.plan,
      reason: `Hardship: ${pause.reason}`,
      requestedBy: `operator:${operatorId}`,
      excludedOperators: [...new Set([operatorId, ...task.excludedOperators])],
    });
    if (taskId !== undefined) requests.push({ loanId, taskId });
  }
  return requests;
}

export const handler = eventConsumer({
  detail: ReliefDecided,
  dependencies: collectionDependencies,
  run: runApplyRelief,
});
