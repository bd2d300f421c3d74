import * as z from 'zod';
import type { Applications } from '#domain/applications/ports.ts';
import { isClosed } from '#domain/applications/transitions.ts';
import { pledgedFor, type Collateral } from '#domain/collateral/collateral.ts';
import { collateralContent, registrationTask } from '#domain/collateral/collateral-task.ts';
import type { Collaterals } from '#domain/collateral/ports.ts';
import { ApplicationClosed } from '#domain/shared/errors.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { renewTask } from '#domain/tasks/renew-task.ts';
import { workflowClient } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { currentTask } from '#platform/task-rounds.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { SfnWorkflowTokens, type WorkflowTokens } from '#platform/workflow-tokens.ts';
import { collateralDependencies } from './collateral-dependencies.ts';
import { unlessDone } from './unless-done.ts';

export const AwaitRegistrationInput = z.object({
  applicationId: ApplicationId,
  taskToken: z.string().min(1),
});

export interface AwaitRegistrationDependencies {
  readonly applications: Applications;
  readonly collaterals: Collaterals;
  readonly tasks: Tasks;
  readonly tokens: WorkflowTokens;
  readonly now: () => Date;
}

/** Records what is pledged and asks a person to have it registered; what was answered before is answered at once. */
export async function runAwaitRegistration(
  { applicationId, taskToken }: z.infer<typeof AwaitRegistrationInput>,
  { applications, collaterals, tasks, tokens, now }: AwaitRegistrationDependencies,
): Promise<{ taskId: string }> {
  const application = existing(
    await applications.find(applicationId),
    `application ${applicationId}`,
  );
  if (isClosed(application.status))
    throw new ApplicationClosed(`application ${applicationId} is ${application.status}`);
  const at = now().toISOString();
  const records = await recorded(pledgedFor(application, at), collaterals);
  const { round, task } = await currentTask(tasks, applicationId, 'RegisterCollateral');
  if (task?.status === 'Decided') {
    await tokens.succeed(taskToken, {
      taskId: task.taskId,
      outcome: task.decisions.at(-1)?.outcome,
    });
    return { taskId: task.taskId };
  }
  const next =
    task === undefined
      ? registrationTask(application, records, { round, taskToken, at })
      : renewTask(task, { taskToken, content: collateralContent(records, round), at });
  await tasks.replace(next);
  return { taskId: next.taskId };
}

/** The records that are there already, and the missing ones written. */
async function recorded(
  pledged: readonly Collateral[],
  collaterals: Collaterals,
): Promise<readonly Collateral[]> {
  const [first] = pledged;
  const known = first === undefined ? [] : await collaterals.list(first.applicationId);
  return Promise.all(
    pledged.map(async (record) => {
      const stored = known.find(({ collateralId }) => collateralId === record.collateralId);
      if (stored === undefined) await unlessDone(() => collaterals.replace(record));
      return stored ?? record;
    }),
  );
}

export const handler = workflowTask({
  input: AwaitRegistrationInput,
  dependencies: () => ({
    ...collateralDependencies(),
    tokens: new SfnWorkflowTokens(workflowClient()),
  }),
  run: runAwaitRegistration,
});
