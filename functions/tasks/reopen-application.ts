import * as z from 'zod';
import type { Application } from '#domain/applications/application.ts';
import {
  sealedSubjectOf,
  type Applications,
  type PersonalDataVault,
} from '#domain/applications/ports.ts';
import {
  noteSuccessor,
  succeedApplication,
  successorIdOf,
} from '#domain/applications/reopen-application.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { ApplicationId, TaskId } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { personalDataVault } from '#platform/pii.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { now } from '#platform/time.ts';

const DeclineOverturned = z.object({
  subjectId: TaskId,
  applicationId: ApplicationId,
  kind: z.literal('ReviewDecision'),
  outcome: z.literal('Overturn'),
});

export interface ReopenDependencies {
  readonly applications: Applications;
  readonly tasks: Tasks;
  readonly vault: PersonalDataVault;
  readonly now: () => Date;
}

/**
 * Opens the application that follows an overturned decline. The event may come again: each of the three writes is found
 * done and left alone. The successor is stored first, so that the note never names one that is not there.
 */
export async function runReopenApplication(
  { subjectId, applicationId }: z.infer<typeof DeclineOverturned>,
  dependencies: ReopenDependencies,
): Promise<void> {
  const { applications, tasks } = dependencies;
  const at = dependencies.now().toISOString();
  const task = existing(await tasks.find(subjectId), `task ${subjectId}`);
  if (task.status === 'Closed') return;
  const declined = existing(await applications.find(applicationId), `application ${applicationId}`);
  const operatorId = task.decisions.at(-1)?.operatorId ?? '';
  if ((await applications.find(successorIdOf(declined))) === undefined)
    await applications.create(await successorOf(declined, at, dependencies));
  await retryOnConflict(async () => {
    const noted = existing(await applications.find(applicationId), `application ${applicationId}`);
    if (noted.event.type !== 'ApplicationReopened')
      await applications.replace(noteSuccessor(noted, { at, operatorId }));
  });
  await tasks.replace(closeTask(task, { at, because: 'Overturned' }));
}

/** The same person, sealed again for the item it now belongs to. */
async function successorOf(
  declined: Application,
  at: string,
  { vault }: ReopenDependencies,
): Promise<Application> {
  const data = await vault.open(declined.pii, sealedSubjectOf(declined));
  const pii = await vault.seal(data, {
    partnerId: declined.partnerId,
    entity: 'application',
    id: successorIdOf(declined),
  });
  return succeedApplication(declined, { data, pii, at });
}

export const handler = eventConsumer({
  detail: DeclineOverturned,
  dependencies: () => ({
    applications: new DynamoApplications(
      documentClient(),
      requireEnvironment('APPLICATIONS_TABLE'),
    ),
    tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
    vault: personalDataVault(),
    now,
  }),
  run: runReopenApplication,
});
