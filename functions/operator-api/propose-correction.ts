import { sealedSubjectOf } from '#domain/applications/ports.ts';
import { catalogKeyOf } from '#domain/catalog/catalog-key.ts';
import { proposeCorrection } from '#domain/privacy/answer-request.ts';
import { correctPersonalData, CorrectionRequest } from '#domain/privacy/correct-personal-data.ts';
import { PersonVerification } from '#domain/privacy/personal-data-request.ts';
import { retentionPolicyOf } from '#domain/privacy/retention-policy.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { InvalidInput } from '#domain/shared/errors.ts';
import { personalDataRequestIdOf } from '#domain/shared/ids.ts';
import { ApplicationId, BusinessDate } from '#domain/shared/primitives.ts';
import { apiRoute, replayedHeader } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { policyInForce } from '#platform/policy-in-force.ts';
import { ApiProblem } from '#platform/problem.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { correctionDependencies, digestOf, proposalKeyOf } from './correction-dependencies.ts';
import { RequestView, viewRequest } from './request-view.ts';

export const proposeCorrectionRoute = describeRoute({
  operationId: 'proposePersonalDataCorrection',
  summary:
    'A borrower asks that what is held of them is put right: facts by which they are reached are changed, evidence gets a remark; a second person enters the same before it counts',
  method: 'POST',
  path: '/ops/personal-data-corrections',
  caller: 'Operator',
  roles: ['Supervisor', 'Reviewer'],
  parameters: Nothing,
  query: Nothing,
  body: CorrectionRequest.extend({
    applicationId: ApplicationId,
    verification: PersonVerification,
    receivedOn: BusinessDate,
  }),
  status: 202,
  answer: RequestView,
  problems: ['NotFound', 'ApplicationErased', 'InvalidInput', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: proposeCorrectionRoute,
  dependencies: correctionDependencies,
  run: async ({ caller, body, idempotency }, dependencies) => {
    const { operatorId } = caller;
    const { applications, requests, catalog, vault, now } = dependencies;
    const { mark, bodyHash } = idempotency;
    const requestId = personalDataRequestIdOf(operatorId, mark);
    const known = await requests.find(requestId);
    if (known !== undefined) {
      if (known.bodyHash !== bodyHash)
        throw new ApiProblem('IdempotencyKeyReused', 'use a new key for a new request');
      return { body: viewRequest(known), headers: replayedHeader };
    }
    const at = now();
    const date = businessDateOf(at.getTime());
    const { applicationId, verification, receivedOn, ...wish } = body;
    if (receivedOn > date) throw new InvalidInput(`nothing was received on ${date} yet`);
    const application = existing(await applications.find(applicationId), 'such application');
    const subject = sealedSubjectOf(application);
    const data = await vault.open(application.pii, subject);
    const corrected = correctPersonalData(data, wish, date);
    const objectKey = proposalKeyOf(applicationId, requestId);
    await dependencies.keepProposal(objectKey, await vault.seal(corrected.data, subject));
    const pack = await policyInForce(catalog);
    const request = proposeCorrection(
      {
        applicationId,
        verification,
        receivedOn,
        requestId,
        operatorId,
        bodyHash,
        policyPack: catalogKeyOf(pack.packId, pack.version),
        policy: retentionPolicyOf(pack, date),
        at: at.toISOString(),
      },
      {
        fields: [...corrected.fields],
        objectKey,
        basedOn: digestOf(application.pii),
      },
    );
    await requests.replace(request);
    return { body: viewRequest(request) };
  },
});
