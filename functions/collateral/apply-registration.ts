import * as z from 'zod';
import { closeApplication } from '#domain/applications/advance-application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { isClosed } from '#domain/applications/transitions.ts';
import type { Collaterals } from '#domain/collateral/ports.ts';
import { InvalidInput, InvalidTransition } from '#domain/shared/errors.ts';
import { ApplicationId, TaskId } from '#domain/shared/primitives.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { applicationOf, type Task } from '#domain/tasks/task.ts';
import { existing } from '#platform/existing.ts';
import { storeApplication } from '#platform/store-application.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { collateralDependencies } from './collateral-dependencies.ts';
import { registerProven } from './register-proven.ts';

export const ApplyRegistrationInput = z.object({ applicationId: ApplicationId, taskId: TaskId });

export interface ApplyRegistrationDependencies {
  readonly applications: Applications;
  readonly collaterals: Collaterals;
  readonly tasks: Tasks;
  readonly now: () => Date;
}

/**
 * Lets the answer about a registration take effect: everything proven is registered, or, when it cannot be, the
 * application ends without a payout. Done twice it is done once.
 */
export async function runApplyRegistration(
  { applicationId, taskId }: z.infer<typeof ApplyRegistrationInput>,
  dependencies: ApplyRegistrationDependencies,
): Promise<{ outcome: 'Registered' | 'Refused' }> {
  const { tasks, now } = dependencies;
  const task = existing(await tasks.find(taskId), `task ${taskId}`);
  if (task.applicationId !== applicationId || task.kind !== 'RegisterCollateral')
    throw new InvalidInput(`task ${taskId} is about something else`);
  if (task.status === 'Open') throw new InvalidTransition(`task ${taskId} is not decided`);
  const isProven = task.decisions.at(-1)?.outcome === 'Complete';
  const outcome = isProven ? 'Registered' : 'Refused';
  if (task.status === 'Closed') return { outcome };
  const at = now().toISOString();
  await (isProven
    ? registerProven(task, dependencies.collaterals)
    : refuse(task, at, dependencies));
  await tasks.replace(closeTask(task, { at, because: 'AnswerApplied' }));
  return { outcome };
}

/** What becomes of the pledges of an application that ends is the business of whoever follows endings. */
async function refuse(
  task: Task,
  at: string,
  { applications }: ApplyRegistrationDependencies,
): Promise<void> {
  const applicationId = applicationOf(task);
  const application = existing(
    await applications.find(applicationId),
    `application ${applicationId}`,
  );
  if (isClosed(application.status)) return;
  const decision = task.decisions.at(-1);
  const codes = decision?.reasonCodes ?? [];
  await storeApplication(
    applications,
    closeApplication(application, {
      status: 'Declined',
      reasonCodes: codes.length > 0 ? codes : ['CollateralNotRegistered'],
      at,
      actor: `operator:${decision?.operatorId ?? ''}`,
    }),
  );
}

export const handler = workflowTask({
  input: ApplyRegistrationInput,
  dependencies: collateralDependencies,
  run: runApplyRegistration,
});
