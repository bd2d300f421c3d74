import * as z from 'zod';
import type { Loans } from '#domain/loans/ports.ts';
import { waitingShards } from '#domain/notification/notice.ts';
import type { PageKey } from '#domain/shared/page.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { deliverNotice, type Delivery, type DeliveryDependencies } from './deliver-notice.ts';
import { deliveryDependencies } from './delivery-dependencies.ts';
import { quietHoursFor } from '#platform/quiet-hours-in-force.ts';

const PAGE = 100;
const CONCURRENCY = 8;
/** Leaves the rest to the next run rather than be cut off in the middle of a message. */
const WORK_MS_MAX = 45_000;

export interface SendWaitingDependencies extends DeliveryDependencies {
  readonly loans: Loans;
}

/** Sends what had to wait: for the end of the quiet hours, or for a provider that was down. */
export async function runSendWaitingNotices(
  _schedule: unknown,
  dependencies: SendWaitingDependencies,
): Promise<Record<Delivery, number>> {
  const counts = { NotYet: 0, Sent: 0, Failed: 0, Expired: 0, Overtaken: 0 };
  const endsAt = dependencies.now().getTime() + WORK_MS_MAX;
  for (const shard of waitingShards)
    for await (const page of waiting(shard, dependencies)) {
      for (const delivery of await deliverAll(page, dependencies)) counts[delivery] += 1;
      if (dependencies.now().getTime() > endsAt) return counts;
    }
  return counts;
}

type Key = { readonly loanId: string; readonly noticeId: string };

async function* waiting(
  shard: string,
  { notices, now }: SendWaitingDependencies,
): AsyncGenerator<readonly Key[]> {
  const until = now().toISOString();
  let after: PageKey | undefined;
  do {
    const page = await notices.listWaiting({ shard, until }, { limit: PAGE, after });
    yield page.items;
    after = page.next;
  } while (after !== undefined);
}

async function deliverAll(
  keys: readonly Key[],
  dependencies: SendWaitingDependencies,
): Promise<Delivery[]> {
  const queue = [...keys];
  const done: Delivery[] = [];
  const worker = async (): Promise<void> => {
    for (let key = queue.shift(); key !== undefined; key = queue.shift())
      done.push(await deliver(key, dependencies));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return done;
}

/** The index may lag behind: whether it is to be sent is decided on the notice itself. */
async function deliver(key: Key, dependencies: SendWaitingDependencies): Promise<Delivery> {
  const notice = await dependencies.notices.find(key);
  if (notice === undefined) return 'Overtaken';
  return deliverNotice(notice, await quietHoursFor(notice, dependencies), dependencies);
}

export const handler = workflowTask({
  input: z.unknown(),
  dependencies: deliveryDependencies,
  run: runSendWaitingNotices,
});
