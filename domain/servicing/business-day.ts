import * as z from 'zod';
import { addDays } from '../shared/calendar.ts';
import { BusinessDate, Instant } from '../shared/primitives.ts';

/** One run of the day close: which dates it closes, and how that went. */
export const BusinessDay = z.object({
  businessDate: BusinessDate,
  version: z.int().min(1),
  /** Incomplete: some shard could not be closed. The next run, or a redrive, closes what is left. */
  status: z.enum(['Closing', 'Closed', 'Incomplete']),
  /** The first date this run closes; before `businessDate` when runs were missed. */
  closesFrom: BusinessDate,
  startedAt: Instant,
  endedAt: Instant.optional(),
  /** What the shards reported: changes of loans, and loans set aside. An invocation that died reported nothing. */
  changed: z.int().min(0),
  parked: z.int().min(0),
});
export type BusinessDay = z.infer<typeof BusinessDay>;

/** What one shard reports to the end of the run. */
export const ShardReport = z.object({
  shard: z.string(),
  isDone: z.boolean(),
  changed: z.int().min(0),
  parked: z.int().min(0),
});
export type ShardReport = z.infer<typeof ShardReport>;

/** The run of a date, from the day after the last that was fully closed: a missed date is caught up, none is left out. */
export function openBusinessDay(
  businessDate: string,
  { last, at }: { readonly last: BusinessDay | undefined; readonly at: string },
): BusinessDay {
  return {
    businessDate,
    version: 1,
    status: 'Closing',
    closesFrom: last === undefined ? businessDate : addDays(last.businessDate, 1),
    startedAt: at,
    changed: 0,
    parked: 0,
  };
}

/**
 * The run with the reports of its shards. Undefined when it is closed already: a second run of the same date writes
 * nothing. A shard that did not report is a shard that is not done.
 */
export function endBusinessDay(
  day: BusinessDay,
  {
    shards,
    reports,
    at,
  }: {
    /** The shards the run set out to close. */
    readonly shards: readonly string[];
    readonly reports: readonly ShardReport[];
    readonly at: string;
  },
): BusinessDay | undefined {
  if (day.status === 'Closed') return undefined;
  const done = new Set(reports.filter(({ isDone }) => isDone).map(({ shard }) => shard));
  const isWhole = shards.every((shard) => done.has(shard));
  return {
    ...day,
    version: day.version + 1,
    status: isWhole ? 'Closed' : 'Incomplete',
    endedAt: at,
    changed: day.changed + sum(reports.map(({ changed }) => changed)),
    parked: day.parked + sum(reports.map(({ parked }) => parked)),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
