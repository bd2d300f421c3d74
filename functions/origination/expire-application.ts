import * as z from 'zod';
import { closeApplication } from '#domain/applications/advance-application.ts';
import type { Application } from '#domain/applications/application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { missingDocuments } from '#domain/documents/required-documents.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { TaskKind } from '#domain/tasks/task.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { currentTask, type CurrentTask } from '#platform/task-rounds.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { openApplication } from './open-application.ts';
import { pinnedProduct } from './origination-catalog.ts';
import { waitDependencies } from './origination-dependencies.ts';

export const ExpireApplicationInput = z.object({
  applicationId: ApplicationId,
  waitedFor: TaskKind,
});

export interface ExpireApplicationDependencies {
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly tasks: Tasks;
  readonly now: () => Date;
}

export interface Expiry {
  readonly outcome: 'Expired' | 'Answered';
  readonly taskId?: string;
}

/**
 * A deadline passed. Reads again before it ends anything, and closes the question before the application: a person who
 * answers at this very moment either comes first and counts, or is told that it is over.
 */
export async function runExpireApplication(
  { applicationId, waitedFor }: z.infer<typeof ExpireApplicationInput>,
  dependencies: ExpireApplicationDependencies,
): Promise<Expiry> {
  const { applications, tasks, now } = dependencies;
  const application = await openApplication(applications, applicationId);
  const current = await currentTask(tasks, applicationId, waitedFor);
  if (await isAnswered(application, waitedFor, { ...dependencies, current }))
    return answeredBy(current);
  const at = now().toISOString();
  if (current.task !== undefined)
    await tasks.replace(closeTask(current.task, { at, because: 'DeadlinePassed' }));
  // A refused payout nobody wanted repeated: the loan is given up by the step after this one.
  if (waitedFor === 'ResolvePayout') return { outcome: 'Expired' };
  await applications.replaceReleasingBorrower(
    closeApplication(application, {
      status: 'Expired',
      reasonCodes: [reasonOf(waitedFor)],
      at,
      actor: 'workflow',
    }),
  );
  return { outcome: 'Expired' };
}

async function isAnswered(
  application: Application,
  waitedFor: z.infer<typeof TaskKind>,
  { catalog, current }: ExpireApplicationDependencies & { readonly current: CurrentTask },
): Promise<boolean> {
  if (waitedFor === 'AwaitSignature') return application.status !== 'AwaitingSignature';
  if (waitedFor !== 'AwaitDocuments') return current.task?.status === 'Decided';
  const product = await pinnedProduct(catalog, application);
  return missingDocuments(application, product).length === 0;
}

function answeredBy({ task }: CurrentTask): Expiry {
  return { outcome: 'Answered', ...(task === undefined ? {} : { taskId: task.taskId }) };
}

function reasonOf(waitedFor: z.infer<typeof TaskKind>): string {
  if (waitedFor === 'AwaitDocuments') return 'DocumentsNotProvided';
  return waitedFor === 'AwaitSignature' ? 'NotSigned' : 'TaskExpired';
}

export const handler = workflowTask({
  input: ExpireApplicationInput,
  dependencies: () => ({
    ...waitDependencies(),
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
  }),
  run: runExpireApplication,
});
