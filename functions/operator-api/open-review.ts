import * as z from 'zod';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { OpenedReview, openReview, ReviewRequest } from '#platform/open-review.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorDependencies } from './operator-dependencies.ts';

export const openReviewRoute = describeRoute({
  operationId: 'openReview',
  summary:
    'Have a person look at a decline of a borrower who asks the platform itself (PIPL art. 24)',
  method: 'POST',
  path: '/ops/applications/{applicationId}/review-requests',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Supervisor'],
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: ReviewRequest,
  status: 202,
  answer: OpenedReview,
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: openReviewRoute,
  dependencies: operatorDependencies,
  run: ({ caller, parameters, idempotency }, { applications, tasks, now }) => {
    const { applicationId } = parameters;
    const find = async () => existing(await applications.find(applicationId), 'such application');
    const actor = `operator:${caller.operatorId}`;
    return openReview({ actor, idempotency, find }, { applications, tasks, now });
  },
});
