import { ApplicationRequest, ApplicationStatus } from '#domain/applications/application.ts';
import { applicantFactsOf } from '#domain/applications/applicant-facts.ts';
import { backingOf } from '#domain/applications/backing-of.ts';
import { createApplication } from '#domain/applications/change-application.ts';
import type { NamedPerson } from '#domain/applications/people.ts';
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
import { namePerson } from '#platform/name-person.ts';
import { ApiProblem } from '#platform/problem.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
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

/**
 * Takes an application in: checked numbers, sealed person, one write. The workflow starts from its event. Somebody new who
 * applies twice in the same instant is given one name: the second is read again.
 */
export function runSubmitApplication(request: Request, dependencies: VaultDependencies) {
  return retryOnConflict(() => submit(request, dependencies));
}

async function submit({ caller, body, idempotency }: Request, dependencies: VaultDependencies) {
  const at = dependencies.now();
  const request = checked(body, at, dependencies);
  const { partnerId } = caller;
  const applicationId = applicationIdOf(partnerId, request.externalId);
  const product = await productOf(request.productId, partnerId, dependencies);
  const [borrower, ...guarantors] = await peopleIn(request, dependencies);
  const backing = backingOf(
    request,
    guarantors.map(({ borrowerKey }) => borrowerKey),
  );
  const application = createApplication({
    request,
    partnerId,
    productVersion: product.version,
    applicant: applicantFactsOf(request, borrower.borrowerKey),
    pii: await dependencies.vault.seal(personalDataOf(request), {
      partnerId,
      entity: 'application',
      id: applicationId,
    }),
    submittedAt: at.toISOString(),
    ...(backing === undefined ? {} : { backing }),
    applied: { [idempotency.mark]: idempotency.bodyHash },
  });
  const answer = Accepted.parse(application);
  const remembered = {
    callerKey: `${partnerId}#${idempotency.key}`,
    bodyHash: idempotency.bodyHash,
    answer: JSON.stringify(answer),
    expiresAt: Math.floor(at.getTime() / 1000) + KEY_KEPT_DAYS * 86_400,
  };
  const shown = [borrower, ...guarantors];
  const submission = await dependencies.applications.submit(application, remembered, shown);
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

/** The borrower, then the guarantors in the order of the request: known by names, never by numbers. */
async function peopleIn(
  request: ApplicationRequest,
  dependencies: VaultDependencies,
): Promise<readonly [NamedPerson, ...NamedPerson[]]> {
  const { applicant, guarantors = [] } = request;
  const number = applicant.kind === 'Person' ? contactOf(applicant).idNumber : applicant.uscc;
  const [borrower, ...others] = await Promise.all([
    namePerson(number, dependencies),
    ...guarantors.map(({ idNumber }) => namePerson(idNumber, dependencies)),
  ]);
  return [borrower, ...others];
}

export const handler = apiRoute({
  description: submitApplicationRoute,
  dependencies: vaultDependencies,
  run: runSubmitApplication,
});
