import * as z from 'zod';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import {
  ConsentWithdrawal,
  withdrawConsent,
  WithdrawnConsent,
} from '#platform/withdraw-consent.ts';
import { operatorDependencies } from './operator-dependencies.ts';

export const withdrawBorrowerConsentRoute = describeRoute({
  operationId: 'withdrawBorrowerConsent',
  summary:
    'Take back the consent to marketing of a borrower who says so, for all their applications',
  method: 'POST',
  path: '/ops/applications/{applicationId}/consent-withdrawals',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Supervisor'],
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: ConsentWithdrawal,
  status: 200,
  answer: WithdrawnConsent,
  problems: ['NotFound', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: withdrawBorrowerConsentRoute,
  dependencies: operatorDependencies,
  run: ({ caller, parameters, idempotency }, { applications, now }) => {
    const { applicationId } = parameters;
    const find = async () => existing(await applications.find(applicationId), 'such application');
    const request = { actor: `operator:${caller.operatorId}`, idempotency, find };
    return withdrawConsent(request, { applications, now });
  },
});
