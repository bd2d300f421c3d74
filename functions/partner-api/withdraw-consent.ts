import * as z from 'zod';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import {
  ConsentWithdrawal,
  withdrawConsent,
  WithdrawnConsent,
} from '#platform/withdraw-consent.ts';
import { ownApplication } from './own-application.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const withdrawConsentRoute = describeRoute({
  operationId: 'withdrawConsent',
  summary:
    "Take back the borrower's consent to marketing, for all their applications (PIPL art. 15)",
  method: 'POST',
  path: '/v1/applications/{applicationId}/consent-withdrawals',
  caller: 'Partner',
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: ConsentWithdrawal,
  status: 200,
  answer: WithdrawnConsent,
  problems: ['NotFound', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: withdrawConsentRoute,
  dependencies: partnerDependencies,
  run: ({ caller, parameters, idempotency }, { applications, now }) => {
    const { partnerId } = caller;
    const find = () => ownApplication(applications, parameters.applicationId, partnerId);
    const request = { actor: `partner:${partnerId}`, idempotency, find };
    return withdrawConsent(request, { applications, now });
  },
});
