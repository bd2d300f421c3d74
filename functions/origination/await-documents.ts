import * as z from 'zod';
import type { Applications } from '#domain/applications/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { missingDocuments } from '#domain/documents/required-documents.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import type { WorkflowTokens } from '#platform/workflow-tokens.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { openApplication } from './open-application.ts';
import { pinnedProduct } from './origination-catalog.ts';
import { waitDependencies } from './origination-dependencies.ts';
import { answerWait, storeWait } from './outside-wait.ts';

export const AwaitDocumentsInput = z.object({
  applicationId: ApplicationId,
  taskToken: z.string().min(1),
});

export interface AwaitDocumentsDependencies {
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly tasks: Tasks;
  readonly tokens: WorkflowTokens;
  readonly now: () => Date;
}

/** Waits for uploads. The token is stored first and the documents are read after it: none can come unseen in between. */
export async function runAwaitDocuments(
  { applicationId, taskToken }: z.infer<typeof AwaitDocumentsInput>,
  dependencies: AwaitDocumentsDependencies,
): Promise<{ taskId: string }> {
  const { applications, catalog } = dependencies;
  const found = await openApplication(applications, applicationId);
  const wait = await storeWait(
    { application: found, kind: 'AwaitDocuments', taskToken, content: {} },
    dependencies,
  );
  const application = await openApplication(applications, applicationId);
  const product = await pinnedProduct(catalog, application);
  if (missingDocuments(application, product).length === 0)
    await answerWait(wait, 'DocumentsReceived', dependencies);
  return { taskId: wait.taskId };
}

export const handler = workflowTask({
  input: AwaitDocumentsInput,
  dependencies: () => ({
    ...waitDependencies(),
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
  }),
  run: runAwaitDocuments,
});
