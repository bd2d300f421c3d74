import { createHash } from 'node:crypto';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { Application } from '#domain/applications/application.ts';
import { changeApplication } from '#domain/applications/change-application.ts';
import { isClosed } from '#domain/applications/transitions.ts';
import { Product } from '#domain/catalog/product.ts';
import { missingDocuments } from '#domain/documents/required-documents.ts';
import { type UploadedObject, verifyDocument } from '#domain/documents/verify-document.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import {
  documentClient,
  objectClient,
  requireEnvironment,
  workflowClient,
} from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { currentTask } from '#platform/task-rounds.ts';
import { now } from '#platform/time.ts';
import { SfnWorkflowTokens } from '#platform/workflow-tokens.ts';

const ObjectCreated = z.object({
  bucket: z.object({ name: z.string() }),
  object: z.object({ key: z.string() }),
});

const FIRST_BYTES = 16;

const dependenciesOf = () => ({
  applications: new DynamoApplications(documentClient(), requireEnvironment('APPLICATIONS_TABLE')),
  catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
  tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
  tokens: new SfnWorkflowTokens(workflowClient()),
});
type Dependencies = ReturnType<typeof dependenciesOf>;

/** Measures the bytes as they lie in the bucket: what the uploader said of them proves nothing. */
async function measure(bucket: string, key: string): Promise<UploadedObject> {
  const { Body } = await objectClient().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  return {
    firstBytes: bytes.subarray(0, FIRST_BYTES),
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** Judges an upload once, and wakes the workflow when nothing is missing any more. */
async function verify(
  { bucket, object }: z.infer<typeof ObjectCreated>,
  dependencies: Dependencies,
): Promise<void> {
  const { applications } = dependencies;
  const [applicationId = ''] = object.key.split('/');
  const uploaded = await measure(bucket.name, object.key);
  const application = await retryOnConflict(async () => {
    const found = existing(await applications.find(applicationId), `application ${applicationId}`);
    // After the payout a document may be evidence in what the borrower asks for.
    return isClosed(found.status) && found.status !== 'Disbursed'
      ? found
      : await judge(found, { objectKey: object.key, uploaded }, applications);
  });
  if (!isClosed(application.status)) await wakeIfComplete(application, dependencies);
}

interface Upload {
  readonly objectKey: string;
  readonly uploaded: UploadedObject;
}

async function judge(
  application: Application,
  { objectKey, uploaded }: Upload,
  applications: Dependencies['applications'],
): Promise<Application> {
  const document = application.documents.find((each) => each.objectKey === objectKey);
  // An object nobody registered is nobody's document.
  if (document?.status !== 'Registered') return application;
  const judged = verifyDocument(document, uploaded);
  const next = changeApplication(application, {
    isAfterClose: application.status === 'Disbursed',
    patch: {
      documents: application.documents.map((each) => (each === document ? judged : each)),
    },
    event: {
      type: judged.status === 'Verified' ? 'DocumentVerified' : 'DocumentRejected',
      at: now().toISOString(),
      actor: 'workflow',
      facts: {
        applicationId: application.applicationId,
        partnerId: application.partnerId,
        documentId: document.documentId,
        kind: document.kind,
        ...(judged.rejectedBecause === undefined ? {} : { because: judged.rejectedBecause }),
      },
    },
  });
  await applications.replace(next);
  return next;
}

async function wakeIfComplete(
  application: Application,
  { catalog, tasks, tokens }: Dependencies,
): Promise<void> {
  const { productId: id, productVersion: version, applicationId } = application;
  const product = existing(
    await catalog.find({ kind: 'product', id, version }, Product),
    `product ${id}`,
  );
  if (missingDocuments(application, product).length > 0) return;
  const { task: wait } = await currentTask(tasks, applicationId, 'AwaitDocuments');
  // Not waiting yet: the step that is about to wait looks at the documents first.
  if (wait?.taskToken === undefined) return;
  await tokens.succeed(wait.taskToken, { applicationId, outcome: 'Uploaded' });
  await closeWait(tasks, wait);
}

async function closeWait(tasks: DynamoTasks, wait: Parameters<typeof closeTask>[0]): Promise<void> {
  try {
    await tasks.replace(closeTask(wait, { at: now().toISOString(), because: 'DocumentsComplete' }));
  } catch (error) {
    if (!(error instanceof ConcurrentChange)) throw error;
  }
}

export const handler = eventConsumer({
  detail: ObjectCreated,
  dependencies: dependenciesOf,
  run: verify,
});
