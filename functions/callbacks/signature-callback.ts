import * as z from 'zod';
import { recordAfterwards } from '#domain/applications/advance-application.ts';
import type { Application } from '#domain/applications/application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { isClosed } from '#domain/applications/transitions.ts';
import { declineSignature, recordSignature } from '#domain/contracts/sign-contract.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { ApplicationId, Instant, Sha256Hex } from '#domain/shared/primitives.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { documentClient, requireEnvironment, workflowClient } from '#platform/clients.ts';
import { crashPoint } from '#platform/crash-point.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { storeApplication } from '#platform/store-application.ts';
import { currentTask } from '#platform/task-rounds.ts';
import { now } from '#platform/time.ts';
import { SfnWorkflowTokens, type WorkflowTokens } from '#platform/workflow-tokens.ts';
import { callbackRoute, type Received } from './callback-route.ts';

export const SignatureCallback = z.object({
  type: z.enum(['SignatureCompleted', 'SignatureDeclined']),
  requestId: z.string().min(1).max(100),
  /** The application, and since a paper may be written twice, which one; requests of before name the application alone. */
  reference: z
    .string()
    .max(100)
    .transform((reference) => reference.split('-')[0])
    .pipe(ApplicationId),
  certificateSerial: z.string().min(1).max(200),
  certificateAuthority: z.string().min(1).max(200),
  signedAt: Instant,
  documentSha256: Sha256Hex,
});
export type SignatureCallback = z.infer<typeof SignatureCallback>;

export interface SignatureCallbackDependencies {
  readonly applications: Applications;
  readonly tasks: Tasks;
  readonly tokens: WorkflowTokens;
  readonly now: () => Date;
}

/**
 * The signature provider reports. First the application changes, by one conditional write; then the waiting workflow hears
 * of it. A repeat finds the change made and only makes sure that the workflow has heard.
 */
export async function runSignatureCallback(
  callback: SignatureCallback,
  dependencies: SignatureCallbackDependencies,
): Promise<Received> {
  const { applications } = dependencies;
  const outcome = await retryOnConflict(async () => {
    const application = await applications.find(callback.reference);
    if (application?.contract === undefined) return 'Unknown';
    const { signature } = application.contract;
    if (signature === undefined && !isClosed(application.status)) return 'TooEarly';
    if (signature?.requestId !== callback.requestId) return 'Unknown';
    const next = changed(application, callback, dependencies.now().toISOString());
    if (next !== undefined) await storeApplication(applications, next);
    return next ?? application;
  });
  if (outcome === 'Unknown' || outcome === 'TooEarly') return outcome;
  await crashPoint('signature.after-decision');
  await answerWorkflow(outcome, dependencies);
  return 'Accepted';
}

/** What the callback changes: nothing when it is a repeat; a note when it is late, or about another document. */
function changed(
  application: Application,
  callback: SignatureCallback,
  at: string,
): Application | undefined {
  const { contract, status, event, reasonCodes } = application;
  const isOther = callback.documentSha256 !== contract?.contractSha256;
  const noted = (type: string): Application | undefined =>
    event.type === type
      ? undefined
      : recordAfterwards(application, { type, at, actor: 'provider:signature' });
  if (isClosed(status)) {
    const isKnown =
      contract?.signature?.signedAt !== undefined || reasonCodes.includes('SignatureDeclined');
    return isKnown ? undefined : noted('SignatureCameLate');
  }
  if (status !== 'AwaitingSignature') return undefined;
  if (callback.type === 'SignatureDeclined') return declineSignature(application, at);
  return isOther ? noted('OtherDocumentSigned') : recordSignature(application, callback, at);
}

async function answerWorkflow(
  { applicationId, status }: Application,
  { tasks, tokens, now }: SignatureCallbackDependencies,
): Promise<void> {
  if (status === 'AwaitingSignature') return;
  const { task } = await currentTask(tasks, applicationId, 'AwaitSignature');
  // No token yet: the step that is about to wait reads the application after it has stored it.
  if (task?.taskToken === undefined) return;
  await crashPoint('signature.before-answer');
  if (isClosed(status))
    await tokens.fail(task.taskToken, 'ApplicationClosed', `the application is ${status}`);
  else await tokens.succeed(task.taskToken, { taskId: task.taskId, outcome: 'Signed' });
  await crashPoint('signature.after-answer');
  try {
    await tasks.replace(closeTask(task, { at: now().toISOString(), because: status }));
  } catch (error) {
    // A twin of this callback has closed it.
    if (!(error instanceof ConcurrentChange)) throw error;
  }
}

export const handler = callbackRoute({
  body: SignatureCallback,
  dependencies: () => ({
    applications: new DynamoApplications(
      documentClient(),
      requireEnvironment('APPLICATIONS_TABLE'),
    ),
    tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
    tokens: new SfnWorkflowTokens(workflowClient()),
    now,
  }),
  run: runSignatureCallback,
});
