import { sealedSubjectOf } from '#domain/applications/ports.ts';
import { proposeCorrection } from '#domain/privacy/answer-request.ts';
import { correctPersonalData, CorrectionRequest } from '#domain/privacy/correct-personal-data.ts';
import { PersonVerification } from '#domain/privacy/personal-data-request.ts';
import { ApplicationId, BusinessDate } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { correctionDependencies, digestOf, proposalKeyOf } from './correction-dependencies.ts';
import { enterRequest } from './enter-request.ts';
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
  run: async (asked, dependencies) => {
    const { applications, vault } = dependencies;
    const { applicationId, verification, receivedOn, ...wish } = asked.body;
    const { request, headers } = await enterRequest(
      asked,
      dependencies,
      async ({ facts, date }) => {
        const application = existing(await applications.find(applicationId), 'such application');
        const subject = sealedSubjectOf(application);
        const data = await vault.open(application.pii, subject);
        const corrected = correctPersonalData(data, wish, date);
        const objectKey = proposalKeyOf(applicationId, facts.requestId);
        await dependencies.keepProposal(objectKey, await vault.seal(corrected.data, subject));
        const basedOn = digestOf(application.pii);
        return proposeCorrection(
          { applicationId, verification, receivedOn, ...facts },
          { fields: [...corrected.fields], objectKey, basedOn },
        );
      },
    );
    return { body: viewRequest(request), headers };
  },
});
