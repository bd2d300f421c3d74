import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { PolicyPack } from '#domain/catalog/policy-pack.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { ShardReport } from '#domain/servicing/business-day.ts';
import type { DueLoans, ParkedLoans } from '#domain/servicing/day-close-ports.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { PageKey } from '#domain/shared/page.ts';
import { BusinessDate } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { policyInForce } from '#platform/policy-in-force.ts';
import { collectDebit } from '#platform/collect-debit.ts';
import { orderDependencies } from '#platform/order-dependencies.ts';
import { problemCodeOf } from '#platform/problem.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoDueLoans } from '#platform/repositories/due-loans.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoParkedLoans } from '#platform/repositories/parked-loans.ts';
import { now } from '#platform/time.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { closeLoan, type CloseLoanDependencies } from './close-loan.ts';

export const CloseShardInput = z.object({
  businessDate: BusinessDate,
  shard: z.string().regex(/^\d{2}$/),
});

export interface CloseShardDependencies {
  readonly dueLoans: DueLoans;
  readonly files: LoanFiles;
  readonly parkedLoans: ParkedLoans;
  readonly catalog: Catalog;
  readonly collectDebit: CloseLoanDependencies['collectDebit'];
  readonly now: () => Date;
  /** How long one invocation works before it hands over to the next, in milliseconds of real time. */
  readonly workMs: number;
  readonly elapsedMs: () => number;
}

const PAGE = 100;
/** Loans worked at once: enough to hide the time of a write, few enough for one partition. */
const LANES = 8;
const PAUSE_MS = 200;

interface Tally {
  changed: number;
  parked: number;
  /** Loans that somebody else was writing all the time. */
  contended: number;
}

/**
 * Closes the loans of one shard until none is due any more, or the time is up. There is no cursor to lose: a closed loan
 * leaves the index, so whoever goes on, here or in another life, finds exactly what is left.
 */
export async function runCloseShard(
  input: z.infer<typeof CloseShardInput>,
  dependencies: CloseShardDependencies,
): Promise<ShardReport> {
  const { shard } = input;
  const startedMs = dependencies.elapsedMs();
  const isLate = () => dependencies.elapsedMs() - startedMs >= dependencies.workMs;
  const total: Tally = { changed: 0, parked: 0, contended: 0 };
  for (;;) {
    const { tally, isWhole } = await passOver(input, dependencies, isLate);
    total.changed += tally.changed;
    total.parked += tally.parked;
    const isIdle = tally.changed === 0 && tally.parked === 0;
    const isDone = isWhole && isIdle && tally.contended === 0;
    if (isDone || !isWhole || isLate())
      return { shard, isDone, changed: total.changed, parked: total.parked };
    if (isIdle) await sleep(PAUSE_MS);
  }
}

/** One pass over what the index lists. The loans decide, each read anew: an index may lag behind. */
async function passOver(
  { shard, businessDate }: z.infer<typeof CloseShardInput>,
  dependencies: CloseShardDependencies,
  isLate: () => boolean,
): Promise<{ readonly tally: Tally; readonly isWhole: boolean }> {
  const tally: Tally = { changed: 0, parked: 0, contended: 0 };
  const pack = await policyInForce(dependencies.catalog);
  let after: PageKey | undefined;
  do {
    const page = await dependencies.dueLoans.list(
      { shard, until: businessDate },
      { limit: PAGE, after },
    );
    const queue = [...page.items];
    const lane = async () => {
      for (let loanId = queue.shift(); loanId !== undefined; loanId = queue.shift()) {
        if (isLate()) return;
        await closeOne({ loanId, businessDate, pack }, dependencies, tally);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    if (isLate()) return { tally, isWhole: false };
    after = page.next;
  } while (after !== undefined);
  return { tally, isWhole: true };
}

/** A loan that cannot be closed is counted and at last parked; only an outage, which is nobody's fault here, stops. */
async function closeOne(
  loan: { readonly loanId: string; readonly businessDate: string; readonly pack: PolicyPack },
  { files, parkedLoans, collectDebit, now }: CloseShardDependencies,
  tally: Tally,
): Promise<void> {
  const { loanId, businessDate } = loan;
  try {
    const changed = await closeLoan(loan, { files, collectDebit, now });
    // Added after the wait: eight lanes share the tally, and `+=` reads it before.
    tally.changed += changed;
  } catch (error) {
    if (problemCodeOf(error) === 'Unavailable') throw error;
    if (error instanceof ConcurrentChange) {
      tally.contended += 1;
      return;
    }
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown error';
    const at = now().toISOString();
    const counted = await parkedLoans.count({ loanId, businessDate, reason, at });
    if (counted === 'Parked') tally.parked += 1;
    // Counted once more means another pass; parked before means that the index has not heard of it yet.
    if (counted === 'Counted') tally.contended += 1;
  }
}

export const handler = workflowTask({
  input: CloseShardInput,
  dependencies: () => {
    const documents = documentClient();
    const loansTable = requireEnvironment('LOANS_TABLE');
    return {
      dueLoans: new DynamoDueLoans(documents, loansTable),
      files: new DynamoLoanFiles(documents, loansTable),
      parkedLoans: new DynamoParkedLoans(documents, loansTable),
      catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
      collectDebit: (loanId: string, dueOn: string) =>
        collectDebit(loanId, dueOn, orderDependencies()),
      now,
      workMs: Number(requireEnvironment('SHARD_WORK_SECONDS')) * 1000,
      elapsedMs: () => performance.now(),
    };
  },
  run: runCloseShard,
});
