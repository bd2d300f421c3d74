import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { requireEnvironment, workflowClient } from '#platform/clients.ts';
import { now } from '#platform/time.ts';
import { workflowTask } from '#platform/workflow-task.ts';

export interface StartDayCloseDependencies {
  /** Starts the close of a date; one that was started before stays the one. */
  readonly start: (businessDate: string) => Promise<void>;
  readonly now: () => Date;
}

/** Starts the close of the business date that has begun, named after it: a schedule may fire as often as it likes. */
export async function runStartDayClose(
  _schedule: unknown,
  { start, now }: StartDayCloseDependencies,
): Promise<{ businessDate: string }> {
  const businessDate = businessDateOf(now().getTime());
  await start(businessDate);
  return { businessDate };
}

async function startExecution(businessDate: string): Promise<void> {
  try {
    await workflowClient().send(
      new StartExecutionCommand({
        stateMachineArn: requireEnvironment('CLOSE_BUSINESS_DAY_ARN'),
        name: `close-business-day-${businessDate}`,
        input: JSON.stringify({ businessDate }),
      }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return;
    throw error;
  }
}

export const handler = workflowTask({
  input: z.unknown(),
  dependencies: () => ({ start: startExecution, now }),
  run: runStartDayClose,
});
