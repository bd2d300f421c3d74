import * as z from 'zod';
import { dueShards } from '#domain/disbursement/activate-loan.ts';
import { openBusinessDay } from '#domain/servicing/business-day.ts';
import type { BusinessDays, DueLoans } from '#domain/servicing/day-close-ports.ts';
import { businessDateOf, daysBetween } from '#domain/shared/calendar.ts';
import { InvalidInput } from '#domain/shared/errors.ts';
import { BusinessDate } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoBusinessDays } from '#platform/repositories/business-days.ts';
import { DynamoDueLoans } from '#platform/repositories/due-loans.ts';
import { now } from '#platform/time.ts';
import { workflowTask } from '#platform/workflow-task.ts';

export const OpenBusinessDayInput = z.object({ businessDate: BusinessDate });

export interface OpenBusinessDayDependencies {
  readonly businessDays: BusinessDays;
  readonly dueLoans: DueLoans;
  readonly now: () => Date;
}

/** Notes that a business date is being closed, since when dates are missing, and which shards have work. Opening it again changes nothing. */
export async function runOpenBusinessDay(
  { businessDate }: z.infer<typeof OpenBusinessDayInput>,
  { businessDays, dueLoans, now }: OpenBusinessDayDependencies,
): Promise<{ businessDate: string; shards: readonly string[]; missedDays: number }> {
  if (businessDate > businessDateOf(now().getTime()))
    throw new InvalidInput(`${businessDate} is still to come`);
  const found = await businessDays.find(businessDate);
  const day =
    found ??
    openBusinessDay(businessDate, {
      last: await businessDays.lastClosedBefore(businessDate),
      at: now().toISOString(),
    });
  if (found === undefined) await businessDays.store(day);
  const shards = await shardsWithWork(businessDate, dueLoans);
  return { businessDate, shards, missedDays: daysBetween(day.closesFrom, businessDate) };
}

/** A shard in which nothing is due needs no execution. What the index does not show yet is found by the next close. */
async function shardsWithWork(until: string, dueLoans: DueLoans): Promise<readonly string[]> {
  const pages = await Promise.all(
    dueShards.map((shard) => dueLoans.list({ shard, until }, { limit: 1 })),
  );
  return dueShards.filter((_, index) => (pages[index]?.items.length ?? 0) > 0);
}

export const handler = workflowTask({
  input: OpenBusinessDayInput,
  dependencies: () => ({
    businessDays: new DynamoBusinessDays(documentClient(), requireEnvironment('METRICS_TABLE')),
    dueLoans: new DynamoDueLoans(documentClient(), requireEnvironment('LOANS_TABLE')),
    now,
  }),
  run: runOpenBusinessDay,
});
