import * as z from 'zod';
import { endBusinessDay, ShardReport, type BusinessDay } from '#domain/servicing/business-day.ts';
import type { BusinessDays } from '#domain/servicing/day-close-ports.ts';
import { BusinessDate } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoBusinessDays } from '#platform/repositories/business-days.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { now } from '#platform/time.ts';
import { workflowTask } from '#platform/workflow-task.ts';

export const EndBusinessDayInput = z.object({
  businessDate: BusinessDate,
  shards: z.array(z.string()),
  reports: z.array(ShardReport),
});

export interface EndBusinessDayDependencies {
  readonly businessDays: BusinessDays;
  readonly now: () => Date;
}

/** Notes whether every shard was closed. Of a date that is closed already nothing is written. */
export async function runEndBusinessDay(
  { businessDate, shards, reports }: z.infer<typeof EndBusinessDayInput>,
  { businessDays, now }: EndBusinessDayDependencies,
): Promise<Pick<BusinessDay, 'status' | 'changed' | 'parked'>> {
  return retryOnConflict(async () => {
    const day = existing(await businessDays.find(businessDate), `business day ${businessDate}`);
    const ended = endBusinessDay(day, { shards, reports, at: now().toISOString() });
    if (ended !== undefined) await businessDays.store(ended);
    const { status, changed, parked } = ended ?? day;
    return { status, changed, parked };
  });
}

export const handler = workflowTask({
  input: EndBusinessDayInput,
  dependencies: () => ({
    businessDays: new DynamoBusinessDays(documentClient(), requireEnvironment('METRICS_TABLE')),
    now,
  }),
  run: runEndBusinessDay,
});
