import * as z from 'zod';
import { dueShards } from '#domain/disbursement/activate-loan.ts';
import { openBusinessDay } from '#domain/servicing/business-day.ts';
import type { BusinessDays } from '#domain/servicing/day-close-ports.ts';
import { businessDateOf, daysBetween } from '#domain/shared/calendar.ts';
import { InvalidInput } from '#domain/shared/errors.ts';
import { BusinessDate } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoBusinessDays } from '#platform/repositories/business-days.ts';
import { now } from '#platform/time.ts';
import { workflowTask } from '#platform/workflow-task.ts';

export const OpenBusinessDayInput = z.object({ businessDate: BusinessDate });

export interface OpenBusinessDayDependencies {
  readonly businessDays: BusinessDays;
  readonly now: () => Date;
}

/** Notes that a business date is being closed, and since when dates are missing. Opening it again changes nothing. */
export async function runOpenBusinessDay(
  { businessDate }: z.infer<typeof OpenBusinessDayInput>,
  { businessDays, now }: OpenBusinessDayDependencies,
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
  return { businessDate, shards: dueShards, missedDays: daysBetween(day.closesFrom, businessDate) };
}

export const handler = workflowTask({
  input: OpenBusinessDayInput,
  dependencies: () => ({
    businessDays: new DynamoBusinessDays(documentClient(), requireEnvironment('METRICS_TABLE')),
    now,
  }),
  run: runOpenBusinessDay,
});
