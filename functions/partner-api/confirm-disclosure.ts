import * as z from 'zod';
import { AttestedReading } from '#domain/contracts/attested-reading.ts';
import { confirmDisclosure } from '#domain/contracts/confirm-disclosure.ts';
import { Product } from '#domain/catalog/product.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute, replayedHeader } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { wasApplied } from '#platform/applied-before.ts';
import { ownApplication } from './own-application.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const confirmDisclosureRoute = describeRoute({
  operationId: 'confirmDisclosure',
  summary: 'Confirm that the borrower read the cost sheet',
  method: 'POST',
  path: '/v1/applications/{applicationId}/disclosure',
  caller: 'Partner',
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: AttestedReading,
  status: 200,
  answer: z.object({ applicationId: z.string(), status: z.string(), confirmedAt: z.string() }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: confirmDisclosureRoute,
  dependencies: partnerDependencies,
  run: ({ caller, parameters, body, idempotency }, { applications, catalog, now }) =>
    retryOnConflict(async () => {
      const { applicationId } = parameters;
      const application = await ownApplication(applications, applicationId, caller.partnerId);
      const isRepeat = wasApplied(application.applied, idempotency);
      const { productId: id, productVersion: version } = application;
      const product = existing(
        await catalog.find({ kind: 'product', id, version }, Product),
        `product ${id}`,
      );
      const confirmed = isRepeat
        ? application
        : confirmDisclosure(application, body, {
            minReadSeconds: product.minReadSeconds,
            at: now().toISOString(),
            applied: { [idempotency.mark]: idempotency.bodyHash },
          });
      if (!isRepeat) await applications.replace(confirmed);
      return {
        body: {
          applicationId,
          status: confirmed.status,
          confirmedAt: confirmed.contract?.disclosureConfirmed?.confirmedAt ?? '',
        },
        headers: isRepeat ? replayedHeader : {},
      };
    }),
});
