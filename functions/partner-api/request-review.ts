import * as z from 'zod';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { OpenedReview, openReview, ReviewRequest } from '#platform/open-review.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
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
  body: ReviewRequest,
  status: 202,
  answer: OpenedReview,
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: requestReviewRoute,
  dependencies: partnerDependencies,
  run: ({ caller, parameters, idempotency }, { applications, tasks, now }) => {
    const { partnerId } = caller;
    const find = () => ownApplication(applications, parameters.applicationId, partnerId);
    return openReview(
      { actor: `partner:${partnerId}`, idempotency, find },
      { applications, tasks, now },
    );
  },
});
