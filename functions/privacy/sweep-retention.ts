import * as z from 'zod';
import { endBlock } from '#domain/blocks/block.ts';
import { queuesOf, type RetentionQueueKind } from '#domain/privacy/retention-queue.ts';
import { addDays, addMonths } from '#domain/shared/calendar.ts';
import type { PageKey } from '#domain/shared/page.ts';
import { existing } from '#platform/existing.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { retentionDependencies, type RetentionDependencies } from './retention-dependencies.ts';
import { retentionToday, settleRetention, type Settled } from './settle-retention.ts';

const PAGE = 100;
const CONCURRENCY = 8;
const MONTHS_A_YEAR = 12;
/** Leaves the rest to the next night rather than be cut off in the middle. */
const WORK_MS_MAX = 13 * 60 * 1000;

type Today = Awaited<ReturnType<typeof retentionToday>>;

/** Erases what need not be kept any longer, and looks again at what a law had kept until now (PIPL art. 19, 47). */
export async function runSweepRetention(
  _schedule: unknown,
  dependencies: RetentionDependencies,
): Promise<Record<Settled | 'BlocksEnded', number>> {
  const counts = { Erased: 0, Restricted: 0, Kept: 0, BlocksEnded: 0 };
  const today = await retentionToday(dependencies);
  const endsAt = dependencies.now().getTime() + WORK_MS_MAX;
  counts.BlocksEnded = await endBlocks(today.date, dependencies);
  for (const { queue, until } of dueQueues(today))
    for await (const page of due(queue, until, dependencies)) {
      for (const settled of await settleAll(page, today, dependencies)) counts[settled] += 1;
      if (dependencies.now().getTime() > endsAt) return counts;
    }
  return counts;
}

/** The periods are those of today: a longer one keeps what a shorter one would have erased. */
function dueQueues({ date, policy }: Today): { readonly queue: string; readonly until: string }[] {
  const untils: Readonly<Record<RetentionQueueKind, string>> = {
    NoLoan: addDays(date, -policy.rejectedApplicationDays),
    Loan: addMonths(date, -policy.loanYears * MONTHS_A_YEAR),
    Due: date,
  };
  const kinds = ['Due', 'NoLoan', 'Loan'] as const;
  return kinds.flatMap((kind) => queuesOf(kind).map((queue) => ({ queue, until: untils[kind] })));
}

async function* due(
  queue: string,
  until: string,
  { retention }: RetentionDependencies,
): AsyncGenerator<readonly string[]> {
  let after: PageKey | undefined;
  do {
    const page = await retention.listDue({ queue, until }, { limit: PAGE, after });
    yield page.items.map(({ applicationId }) => applicationId);
    after = page.next;
  } while (after !== undefined);
}

/**
 * A block is over on the day after its last without anybody's doing; here that goes on record, and whom nothing but the
 * block kept is let go. In this order: cut off, the next night finds it again.
 */
async function endBlocks(
  today: string,
  { blocks, people, now }: RetentionDependencies,
): Promise<number> {
  let ended = 0;
  let after: PageKey | undefined;
  do {
    const page = await blocks.listOver(today, { limit: PAGE, after });
    for (const { blockId } of page.items)
      await retryOnConflict(async () => {
        const block = existing(await blocks.find(blockId), `block ${blockId}`);
        const over = endBlock(block, { at: now().toISOString(), today });
        if (over === undefined) return;
        await people.letGo(block.borrowerKey);
        await blocks.replace(over);
        ended += 1;
      });
    after = page.next;
  } while (after !== undefined);
  return ended;
}

async function settleAll(
  applicationIds: readonly string[],
  today: Today,
  dependencies: RetentionDependencies,
): Promise<Settled[]> {
  const queue = [...applicationIds];
  const done: Settled[] = [];
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift())
      done.push(await settleRetention(id, today, dependencies));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return done;
}

export const handler = workflowTask({
  input: z.unknown(),
  dependencies: retentionDependencies,
  run: runSweepRetention,
});
