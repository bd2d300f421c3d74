import * as z from 'zod';
import type { Application } from '#domain/applications/application.ts';
import { sealedSubjectOf } from '#domain/applications/ports.ts';
import { contactOf } from '#domain/applications/validate-applicant.ts';
import { openContractOf } from '#domain/contracts/confirm-disclosure.ts';
import { assertDisclosed, requestSignature } from '#domain/contracts/sign-contract.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute, replayedHeader } from '#platform/api-route.ts';
import { HttpSignatureProvider } from '#platform/providers/signature-provider.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { providerSecret } from '#platform/secrets.ts';
import { wasApplied } from '#platform/applied-before.ts';
import { ownApplication } from './own-application.ts';
import { vaultDependencies, type VaultDependencies } from './vault-dependencies.ts';

export const requestSignatureRoute = describeRoute({
  operationId: 'requestSignature',
  summary: 'Have the borrower sign the contract',
  method: 'POST',
  path: '/v1/applications/{applicationId}/signature',
  caller: 'Partner',
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: Nothing,
  status: 202,
  answer: z.object({ applicationId: z.string(), status: z.string(), requestId: z.string() }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused', 'Unavailable'],
});

const dependenciesOfRoute = () => ({
  ...vaultDependencies(),
  signer: new HttpSignatureProvider(async () => (await providerSecret()).signature),
});

export const handler = apiRoute({
  description: requestSignatureRoute,
  dependencies: dependenciesOfRoute,
  run: ({ caller, parameters, idempotency }, dependencies) =>
    retryOnConflict(async () => {
      const { applications } = dependencies;
      const { applicationId } = parameters;
      const application = await ownApplication(applications, applicationId, caller.partnerId);
      const asked = application.contract?.signature;
      // One signature is asked for per contract: a second request, under whatever key, meets the first.
      if (wasApplied(application.applied, idempotency) || asked !== undefined)
        return {
          body: { applicationId, status: application.status, requestId: asked?.requestId ?? '' },
          headers: replayedHeader,
        };
      const at = dependencies.now().toISOString();
      const requestId = await ask(application, at, dependencies);
      const applied = { [idempotency.mark]: idempotency.bodyHash };
      const signing = requestSignature(application, { requestId, at, applied });
      await applications.replace(signing);
      return { body: { applicationId, status: signing.status, requestId } };
    }),
});

/** Of a digest: enough to tell the papers of one application apart. */
const DIGITS = 16;

/** The provider is idempotent by reference: asking again after a lost answer opens no second request. */
async function ask(
  application: Application,
  at: string,
  dependencies: VaultDependencies & Pick<ReturnType<typeof dependenciesOfRoute>, 'signer'>,
): Promise<string> {
  const contract = openContractOf(application, at);
  assertDisclosed(application);
  const { applicant } = await dependencies.vault.open(
    application.pii,
    sealedSubjectOf(application),
  );
  const { name, idNumber, mobile } = contactOf(applicant);
  const { requestId } = await dependencies.signer.requestSignature({
    // Of this very paper: after a restore the contract is written again, and who signed the lost one did not sign this.
    reference: `${application.applicationId}-${contract.contractSha256.slice(0, DIGITS)}`,
    applicationId: application.applicationId,
    documentSha256: contract.contractSha256,
    documentKey: contract.contractObjectKey,
    signer: { name, idNumber, mobile },
  });
  return requestId;
}
