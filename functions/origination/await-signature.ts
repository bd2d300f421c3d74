import * as z from 'zod';
import type { Applications } from '#domain/applications/ports.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { openApplication } from './open-application.ts';
import { waitDependencies } from './origination-dependencies.ts';
import { answerWait, storeWait, type WaitDependencies } from './outside-wait.ts';

export const AwaitSignatureInput = z.object({
  applicationId: ApplicationId,
  taskToken: z.string().min(1),
});

export interface AwaitSignatureDependencies extends WaitDependencies {
  readonly applications: Applications;
}

/** Waits for the signed contract. Stored first, then looked: a callback that was faster than the token is found here. */
export async function runAwaitSignature(
  { applicationId, taskToken }: z.infer<typeof AwaitSignatureInput>,
  dependencies: AwaitSignatureDependencies,
): Promise<{ taskId: string }> {
  const { applications } = dependencies;
  const found = await openApplication(applications, applicationId);
  const content = { contractNumber: found.contract?.contractNumber };
  const wait = await storeWait(
    { application: found, kind: 'AwaitSignature', taskToken, content },
    dependencies,
  );
  const application = await openApplication(applications, applicationId);
  if (application.status !== 'AwaitingSignature') await answerWait(wait, 'Signed', dependencies);
  return { taskId: wait.taskId };
}

export const handler = workflowTask({
  input: AwaitSignatureInput,
  dependencies: waitDependencies,
  run: runAwaitSignature,
});
