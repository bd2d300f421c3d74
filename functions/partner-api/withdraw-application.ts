import * as z from 'zod';
import type { Application } from '#domain/applications/application.ts';
import { pledgeFactOf } from '#domain/applications/advance-application.ts';
import { changeApplication } from '#domain/applications/change-application.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute, replayedHeader } from '#platform/api-route.ts';
import { workflowClient } from '#platform/clients.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { SfnWorkflowTokens } from '#platform/workflow-tokens.ts';
import { wasApplied } from '#platform/applied-before.ts';
import { ownApplication } from './own-application.ts';
import { partnerDependencies, type PartnerDependencies } from './partner-dependencies.ts';

export const withdrawApplicationRoute = describeRoute({
  operationId: 'withdrawApplication',
  summary: 'Withdraw an application before money moves',
  method: 'POST',
  path: '/v1/applications/{applicationId}/withdrawal',
  caller: 'Partner',
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: z.strictObject({ reason: z.string().max(500).optional() }),
  status: 200,
  answer: z.object({ applicationId: z.string(), status: z.string() }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: withdrawApplicationRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, parameters, idempotency }, dependencies) => {
    const { applications, now } = dependencies;
    const { applicationId } = parameters;
    const outcome = await retryOnConflict(async () => {
      const application = await ownApplication(applications, applicationId, caller.partnerId);
      if (wasApplied(application.applied, idempotency)) return { application, isRepeat: true };
      const at = now().toISOString();
      const withdrawn = changeApplication(application, {
        status: 'Withdrawn',
        patch: {
          reasonCodes: ['WithdrawnByApplicant'],
          applied: { ...application.applied, [idempotency.mark]: idempotency.bodyHash },
        },
        event: {
          type: 'ApplicationWithdrawn',
          at,
          actor: `partner:${caller.partnerId}`,
          facts: {
            applicationId,
            partnerId: caller.partnerId,
            reasonCodes: ['WithdrawnByApplicant'],
            ...pledgeFactOf(application),
          },
        },
      });
      await applications.replaceReleasingBorrower(withdrawn);
      return { application: withdrawn, isRepeat: false };
    });
    await endWaits(outcome.application, dependencies);
    return {
      body: { applicationId, status: outcome.application.status },
      headers: outcome.isRepeat ? replayedHeader : {},
    };
  },
});

/** Whoever still works on it is told: open tasks leave their queues, the waiting workflow hears that it is over. */
async function endWaits(
  { applicationId }: Application,
  { tasks, now }: PartnerDependencies,
): Promise<void> {
  const tokens = new SfnWorkflowTokens(workflowClient());
  for (const task of await tasks.listByApplication(applicationId)) {
    if (task.status !== 'Open') continue;
    try {
      await tasks.replace(closeTask(task, { at: now().toISOString(), because: 'Withdrawn' }));
    } catch (error) {
      // Decided or closed by somebody else meanwhile: the workflow finds the application withdrawn at its next step.
      if (!(error instanceof ConcurrentChange)) throw error;
    }
    if (task.taskToken !== undefined)
      await tokens.fail(task.taskToken, 'ApplicationClosed', 'the application was withdrawn');
  }
}
