import * as z from 'zod';
import { releaseCollateral } from '#domain/collateral/collateral.ts';
import { proofIn } from '#domain/collateral/collateral-task.ts';
import type { Collaterals } from '#domain/collateral/ports.ts';
import { TaskId } from '#domain/shared/primitives.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { applicationOf } from '#domain/tasks/task.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { DynamoCollaterals } from '#platform/repositories/collaterals.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { now } from '#platform/time.ts';
import { unlessDone } from './unless-done.ts';

export const ReleaseProven = z.looseObject({
  subjectId: TaskId,
  kind: z.literal('ReleaseCollateral'),
});

export interface ApplyReleaseDependencies {
  readonly collaterals: Collaterals;
  readonly tasks: Tasks;
  readonly now: () => Date;
}

/**
 * Records which registrations were cancelled, then closes the task. A record that is not due for release yet is the other
 * delivery's to bring there: the event comes again.
 */
export async function runApplyRelease(
  { subjectId }: z.infer<typeof ReleaseProven>,
  { collaterals, tasks, now }: ApplyReleaseDependencies,
): Promise<{ released: number }> {
  const task = existing(await tasks.find(subjectId), `task ${subjectId}`);
  if (task.status === 'Closed') return { released: 0 };
  let released = 0;
  for (const record of await collaterals.list(applicationOf(task))) {
    const proof = proofIn(task, record.collateralId);
    if (proof === undefined || record.status === 'Released') continue;
    await collaterals.replace(releaseCollateral(record, proof));
    released += 1;
  }
  const at = now().toISOString();
  await unlessDone(() => tasks.replace(closeTask(task, { at, because: 'ReleaseRecorded' })));
  return { released };
}

export const handler = eventConsumer({
  detail: ReleaseProven,
  dependencies: () => ({
    collaterals: new DynamoCollaterals(documentClient(), requireEnvironment('COLLATERAL_TABLE')),
    tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
    now,
  }),
  run: runApplyRelease,
});
