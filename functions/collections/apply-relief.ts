import * as z from 'zod';
import type { CollectionCase } from '#domain/collections/case.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { answerPause } from '#domain/collections/answer-pause.ts';
import { TaskId } from '#domain/shared/primitives.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import { wakeCase, type CaseWorkPorts } from '#platform/case-work.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { collectionDependencies } from './collection-dependencies.ts';

export const ReliefDecided = z.object({
  subjectId: TaskId,
  caseId: z.string(),
  pauseId: z.string(),
  kind: z.enum(['DecideHardship', 'AnswerDispute', 'AnswerComplaint']),
});

export interface ApplyReliefDependencies extends CaseWorkPorts {
  readonly cases: Cases;
}

/** Lets the answer to a debtor's request take effect: the case goes on, or waits for what servicing makes of it. */
export async function runApplyRelief(
  { subjectId, caseId, pauseId }: z.infer<typeof ReliefDecided>,
  dependencies: ApplyReliefDependencies,
): Promise<void> {
  const { cases, tasks, now } = dependencies;
  const task = existing(await tasks.find(subjectId), `task ${subjectId}`);
  if (task.status === 'Closed') return;
  const changed = await retryOnConflict(async (): Promise<CollectionCase> => {
    const found = existing(await cases.findById(caseId), 'such case');
    const next = answerPause(found, { pauseId, task, at: now().toISOString() });
    if (next !== undefined) await cases.replace(next);
    return next ?? found;
  });
  await wakeCase(changed, 'RequestAnswered', dependencies);
  await tasks.replace(closeTask(task, { at: now().toISOString(), because: 'AnswerApplied' }));
}

export const handler = eventConsumer({
  detail: ReliefDecided,
  dependencies: collectionDependencies,
  run: runApplyRelief,
});
