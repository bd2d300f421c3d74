import * as z from 'zod';
import { openPauseTask } from '#domain/collections/collection-task.ts';
import { isResting, Pause, type CollectionCase } from '#domain/collections/case.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import {
  wakeCase,
  withdrawQuestion,
  withdrawStep,
  type CaseWorkPorts,
} from '#platform/case-work.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { collectionDependencies } from './collection-dependencies.ts';

export const CaseChanged = z.object({
  borrowerKey: z.string().min(1),
  lenderId: z.string().min(1),
  at: z.iso.datetime({ offset: true }),
  /** Of a request that was opened or withdrawn. */
  pauseId: z.string().optional(),
  kind: Pause.shape.kind.optional().catch(undefined),
});

export interface FollowCaseDependencies extends CaseWorkPorts {
  readonly cases: Cases;
}

/**
 * Does once more what follows from a change that an operator made: questions are asked, work that is none any more leaves
 * its queue, the workflow looks again. The route does it at once, but may die after it stored the change, and the case
 * would rest or wait for nobody. What was done is found done; a workflow that waits on this version is left alone.
 */
export async function runFollowCase(
  { borrowerKey, lenderId, at, pauseId, kind }: z.infer<typeof CaseChanged>,
  dependencies: FollowCaseDependencies,
): Promise<void> {
  const { cases } = dependencies;
  const found = await cases.find(borrowerKey, lenderId);
  if (found?.status !== 'Open') return;
  if (pauseId !== undefined && kind !== undefined && !isOpen(found, pauseId))
    await withdrawQuestion(found, { pauseId, kind }, dependencies);
  await askWhatIsOpen(found, at, dependencies);
  await withdrawWhatIsDone(found, dependencies);
  const wait = await cases.findWaiting(borrowerKey, lenderId);
  if (wait !== undefined && wait.version !== found.version)
    await wakeCase(found, 'CaseChanged', dependencies);
}

function isOpen({ pauses }: CollectionCase, pauseId: string): boolean {
  return pauses.some((pause) => pause.pauseId === pauseId);
}

/** The task of every request of the debtor; new terms are asked for by servicing. */
async function askWhatIsOpen(
  found: CollectionCase,
  at: string,
  { tasks }: FollowCaseDependencies,
): Promise<void> {
  for (const pause of found.pauses) {
    if (pause.kind === 'Restructuring') continue;
    await tasks.create(openPauseTask(found, { pause, at })).catch((error: unknown) => {
      if (!(error instanceof ConcurrentChange)) throw error;
    });
  }
}

async function withdrawWhatIsDone(
  found: CollectionCase,
  dependencies: FollowCaseDependencies,
): Promise<void> {
  const { pending, lastStep, stepCount } = found;
  if (pending !== undefined && isResting(found))
    await withdrawStep(found, pending, { ...dependencies, because: 'CaseRests' });
  if (pending === undefined && lastStep !== undefined)
    await withdrawStep(
      found,
      { action: lastStep.action, number: stepCount },
      { ...dependencies, because: 'StepDone' },
    );
}

export const handler = eventConsumer({
  detail: CaseChanged,
  dependencies: collectionDependencies,
  run: runFollowCase,
});
