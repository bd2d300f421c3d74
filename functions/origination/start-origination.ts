import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { requireEnvironment, workflowClient } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';

const ApplicationSubmitted = z.object({ applicationId: ApplicationId });

export interface StartOriginationDependencies {
  /** Starts the machine for an application; one that was started before stays the one. */
  readonly start: (applicationId: string) => Promise<void>;
}

/** Starts one execution per application, named after it: the event may come as often as it likes. */
export async function runStartOrigination(
  { applicationId }: z.infer<typeof ApplicationSubmitted>,
  { start }: StartOriginationDependencies,
): Promise<void> {
  await start(applicationId);
}

async function startExecution(applicationId: string): Promise<void> {
  try {
    await workflowClient().send(
      new StartExecutionCommand({
        stateMachineArn: requireEnvironment('ORIGINATE_LOAN_ARN'),
        name: applicationId,
        input: JSON.stringify({ applicationId }),
      }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return;
    throw error;
  }
}

export const handler = eventConsumer({
  detail: ApplicationSubmitted,
  dependencies: () => ({ start: startExecution }),
  run: runStartOrigination,
});
