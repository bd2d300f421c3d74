import * as z from 'zod';
import { changeApplication } from '#domain/applications/change-application.ts';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { openTask } from '#domain/tasks/open-task.ts';
import type { Task } from '#domain/tasks/task.ts';
import { apiRoute, replayedHeader } from '#platform/api-route.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { wasApplied } from './applied-before.ts';
import { ownApplication } from './own-application.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const requestReviewRoute = describeRoute({
  operationId: 'requestReview',
  summary: 'Ask for a person to look at an automatic decline (PIPL art. 24)',
  method: 'POST',
  path: '/v1/applications/{applicationId}/review-requests',
  caller: 'Partner',
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: z.strictObject({ reason: z.string().min(1).max(500) }),
  status: 202,
  answer: z.object({ applicationId: z.string(), taskId: z.string() }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

/** Whoever had a word in the decision does not review it: a second look is somebody else's. */
function decidersOf(earlier: readonly Task[]): string[] {
  const operators = earlier
    .filter(({ kind }) => kind !== 'ReviewDecision')
    .flatMap(({ decisions }) => decisions.map(({ operatorId }) => operatorId));
  return [...new Set(operators)];
}

/** One review a decline: asking again meets the same task. */
const REVIEW_ROUND = 1;

export const handler = apiRoute({
  description: requestReviewRoute,
  dependencies: partnerDependencies,
  run: ({ caller, parameters, idempotency }, { applications, tasks, now }) =>
    retryOnConflict(async () => {
      const { applicationId } = parameters;
      const application = await ownApplication(applications, applicationId, caller.partnerId);
      if (application.status !== 'Declined')
        throw new InvalidTransition(`application ${applicationId} is ${application.status}`);
      const at = now().toISOString();
      const task = openTask({
        kind: 'ReviewDecision',
        applicationId,
        partnerId: caller.partnerId,
        round: REVIEW_ROUND,
        excludedOperators: decidersOf(await tasks.listByApplication(applicationId)),
        content: {
          reasonCodes: application.reasonCodes,
          requested: application.requested,
          decision: application.decision ?? null,
        },
        at,
      });
      const isRepeat = wasApplied(application.applied, idempotency);
      // The task first: a request that is answered always has its task, however often it is sent.
      const known = await tasks.find(task.taskId);
      if (known === undefined) await tasks.create(task);
      if (!isRepeat)
        await applications.replace(
          changeApplication(application, {
            isAfterClose: true,
            patch: {
              applied: { ...application.applied, [idempotency.mark]: idempotency.bodyHash },
            },
            event: {
              type: 'ReviewRequested',
              at,
              actor: `partner:${caller.partnerId}`,
              facts: { applicationId, taskId: task.taskId },
            },
          }),
        );
      return {
        body: { applicationId, taskId: task.taskId },
        headers: isRepeat ? replayedHeader : {},
      };
    }),
});
