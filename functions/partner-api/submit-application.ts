import {
  ApplicationRequest,
  ApplicationStatus,
  type Backing,
} from '#domain/applications/application.ts';
import { applicantFactsOf } from '#domain/applications/applicant-facts.ts';
import { backingOf } from '#domain/applications/backing-of.ts';
import { createApplication } from '#domain/applications/change-application.ts';
import { personalDataOf } from '#domain/applications/personal-data.ts';
import {
  contactOf,
  normaliseRequest,
  validateApplicant,
} from '#domain/applications/validate-applicant.ts';
import { Partner } from '#domain/catalog/partner.ts';
import { Product } from '#domain/catalog/product.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { applicationIdOf } from '#domain/shared/ids.ts';
import * as z from 'zod';
import { apiRoute, type ApiRequest, replayedHeader } from '#platform/api-route.ts';
import { ApiProblem } from '#platform/problem.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { vaultDependencies, type VaultDependencies } from './vault-dependencies.ts';

const Accepted = z.object({
  applicationId: z.string(),
  externalId: z.string(),
  status: ApplicationStatus,
  submittedAt: z.string(),
});

export const submitApplicationRoute = describeRoute({
  operationId: 'submitApplication',
  summary: 'Apply for a loan',
  method: 'POST',
  path: '/v1/applications',
  caller: 'Partner',
  parameters: Nothing,
  query: Nothing,
  body: ApplicationRequest,
  status: 202,
  answer: Accepted,
  problems: ['ExternalIdTaken', 'IdempotencyKeyReused'],
});

/** Answers to a submission are found again by their key for this long. */
const KEY_KEPT_DAYS = 400;

type Request = ApiRequest<'Partner', object, object, ApplicationRequest>;

/** Takes an application in: checked numbers, sealed person, one write. The workflow starts from its event. */
export async function runSubmitApplication(
  { caller, body, idempotency }: Request,
  dependencies: VaultDependencies,
) {
  const at = dependencies.now();
  const request = checked(body, at, dependencies);
  const { partnerId } = caller;
  const applicationId = applicationIdOf(partnerId, request.externalId);
  const product = await productOf(request.productId, partnerId, dependencies);
  const application = createApplication({
    request,
    partnerId,
    productVersion: product.version,
    applicant: applicantFactsOf(request, await borrowerKeyOf(request, dependencies)),
    pii: await dependencies.vault.seal(personalDataOf(request), {
      partnerId,
      entity: 'application',
      id: applicationId,
    }),
    submittedAt: at.toISOString(),
    ...(await backingIn(request, dependencies)),
    applied: { [idempotency.mark]: idempotency.bodyHash },
  });
  const answer = Accepted.parse(application);
  const submission = await dependencies.applications.submit(application, {
    callerKey: `${partnerId}#${idempotency.key}`,
    bodyHash: idempotency.bodyHash,
    answer: JSON.stringify(answer),
    expiresAt: Math.floor(at.getTime() / 1000) + KEY_KEPT_DAYS * 86_400,
  });
  switch (submission.outcome) {
    case 'Stored':
      return accepted(answer);
    case 'ExternalIdTaken':
      throw new ApiProblem('ExternalIdTaken', 'use a new externalId for a new application');
    case 'Repeated':
      if (submission.bodyHash !== idempotency.bodyHash)
        throw new ApiProblem('IdempotencyKeyReused', 'use a new key for a new request');
      return accepted(Accepted.parse(JSON.parse(submission.answer)), replayedHeader);
  }
}

function accepted(
  answer: z.infer<typeof Accepted>,
  headers: Readonly<Record<string, string>> = {},
) {
  return {
    body: answer,
    headers: { ...headers, location: `/v1/applications/${answer.applicationId}` },
  };
}

function checked(
  body: ApplicationRequest,
  at: Date,
  { allowTestArea }: VaultDependencies,
): ApplicationRequest {
  const issues = validateApplicant(body, {
    allowTestArea,
    today: businessDateOf(at.getTime()),
  });
  if (issues.length > 0)
    throw new ApiProblem('InvalidInput', 'some fields do not fit, see errors', issues);
  return normaliseRequest(body);
}

/** A product the partner may not sell is answered exactly as one that does not exist. */
async function productOf(
  productId: string,
  partnerId: string,
  { catalog }: VaultDependencies,
): Promise<Product> {
  const partner = await catalog.find({ kind: 'partner', id: partnerId }, Partner);
  const product = await catalog.find({ kind: 'product', id: productId }, Product);
  if (product === undefined || !partner?.productIds.includes(productId))
    throw new ApiProblem('InvalidInput', 'some fields do not fit, see errors', [
      { path: 'productId', message: 'no such product' },
    ]);
  return product;
}

function borrowerKeyOf(
  { applicant }: ApplicationRequest,
  { vault }: VaultDependencies,
): Promise<string> {
  const number = applicant.kind === 'Person' ? contactOf(applicant).idNumber : applicant.uscc;
  return vault.borrowerKey(number);
}

/** Guarantors are known by blind indexes, pledges by kind and value: what a decision may read of them. */
async function backingIn(
  request: ApplicationRequest,
  { vault }: VaultDependencies,
): Promise<{ readonly backing?: Backing }> {
  const keys = await Promise.all(
    (request.guarantors ?? []).map(({ idNumber }) => vault.borrowerKey(idNumber)),
  );
  const backing = backingOf(request, keys);
  return backing === undefined ? {} : { backing };
}

export const handler = apiRoute({
  description: submitApplicationRoute,
  dependencies: vaultDependencies,
  run: runSubmitApplication,
});
