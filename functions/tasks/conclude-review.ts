import * as z from 'zod';
import type { Application } from '#domain/applications/application.ts';
import {
  sealedSubjectOf,
  type Applications,
  type PersonalDataVault,
} from '#domain/applications/ports.ts';
import {
  concludeReview,
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

const ReviewDecided = z.object({
  subjectId: TaskId,
  applicationId: ApplicationId,
  kind: z.literal('ReviewDecision'),
  outcome: z.enum(['Overturn', 'Uphold']),
});

export interface ReviewDependencies {
  readonly applications: Applications;
  readonly tasks: Tasks;
  readonly vault: PersonalDataVault;
  readonly now: () => Date;
}

/**
 * Says in the declined application what the second look came to, and opens the one that follows an overturned decline. The
 * event may come again: each of the writes is found done and left alone. The successor is stored first, so that the note
 * never names one that is not there.
 */
export async function runConcludeReview(
  { subjectId, applicationId, outcome }: z.infer<typeof ReviewDecided>,
  dependencies: ReviewDependencies,
): Promise<void> {
  const { applications, tasks } = dependencies;
  const at = dependencies.now().toISOString();
  const task = existing(await tasks.find(subjectId), `task ${subjectId}`);
  if (task.status === 'Closed') return;
  const find = async () =>
    existing(await applications.find(applicationId), `application ${applicationId}`);
  if (outcome === 'Overturn') await openSuccessor(await find(), at, dependencies);
  const said = outcome === 'Overturn' ? 'Overturned' : 'Upheld';
  await retryOnConflict(async () => {
    const { taskId, dueAt, decisions } = task;
    const operatorId = decisions.at(-1)?.operatorId ?? '';
    const noted = concludeReview(await find(), { taskId, dueAt, outcome: said, at, operatorId });
    if (noted !== undefined) await applications.replace(noted);
  });
  await tasks.replace(closeTask(task, { at, because: said }));
}

async function openSuccessor(
  declined: Application,
  at: string,
  dependencies: ReviewDependencies,
): Promise<void> {
  const { applications } = dependencies;
  if ((await applications.find(successorIdOf(declined))) === undefined)
    await applications.create(await successorOf(declined, at, dependencies));
}

/** The same person, sealed again for the item it now belongs to. */
async function successorOf(
  declined: Application,
  at: string,
  { vault }: ReviewDependencies,
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
  detail: ReviewDecided,
  dependencies: () => ({
    applications: new DynamoApplications(
      documentClient(),
      requireEnvironment('APPLICATIONS_TABLE'),
    ),
    tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
    vault: personalDataVault(),
    now,
  }),
  run: runConcludeReview,
});
