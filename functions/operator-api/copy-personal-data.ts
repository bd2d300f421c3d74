import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as z from 'zod';
import { sealedSubjectOf } from '#domain/applications/ports.ts';
import { ReasonTexts } from '#domain/catalog/reason-texts.ts';
import { recordCopy } from '#domain/privacy/answer-request.ts';
import { copyOfBorrower, type HeldApplication } from '#domain/privacy/copy-of-borrower.ts';
import {
  PersonVerification,
  type PersonalDataRequest,
} from '#domain/privacy/personal-data-request.ts';
import { sha256Hex } from '#domain/shared/digest.ts';
import { ApplicationErased } from '#domain/shared/errors.ts';
import { blockIdOf, loanIdOf } from '#domain/shared/ids.ts';
import { ApplicationId, BusinessDate, PersonalDataRequestId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, objectClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { personalDataVault } from '#platform/pii.ts';
import { DynamoBlocks } from '#platform/repositories/blocks.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoNotices } from '#platform/repositories/notices.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { now } from '#platform/time.ts';
import { enterRequest } from './enter-request.ts';
import { requestDependencies } from './request-dependencies.ts';

const DOWNLOAD_SECONDS = 900;
const NOTICES_MAX = 1_000;
const CONTACTS_MAX = 2_000;

export const copyPersonalDataRoute = describeRoute({
  operationId: 'copyPersonalData',
  summary:
    'A borrower asks for a copy of what is held of them, found by one of their applications: made at once, fetched from an address that is good for a quarter of an hour',
  method: 'POST',
  path: '/ops/personal-data-copies',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: Nothing,
  query: Nothing,
  body: z.strictObject({
    applicationId: ApplicationId,
    /** How it was made sure that it is the person who asks. */
    verification: PersonVerification,
    receivedOn: BusinessDate,
  }),
  status: 200,
  answer: z.object({
    requestId: PersonalDataRequestId,
    answerBy: BusinessDate,
    applications: z.int(),
    sha256: z.string(),
    copyUrl: z.string(),
  }),
  problems: ['NotFound', 'ApplicationErased', 'InvalidInput', 'IdempotencyKeyReused'],
});

function copyDependencies() {
  const documents = documentClient();
  return {
    ...requestDependencies(),
    vault: personalDataVault(),
    files: new DynamoLoanFiles(documents, requireEnvironment('LOANS_TABLE')),
    notices: new DynamoNotices(documents, requireEnvironment('NOTICES_TABLE')),
    blocks: new DynamoBlocks(documents, requireEnvironment('BLOCKS_TABLE')),
    cases: new DynamoCases(documents, requireEnvironment('CASES_TABLE')),
  };
}
type CopyDependencies = ReturnType<typeof copyDependencies>;

export const handler = apiRoute({
  description: copyPersonalDataRoute,
  dependencies: copyDependencies,
  run: async (asked, dependencies) => {
    const { body } = asked;
    const { request, headers } = await enterRequest(asked, dependencies, async ({ facts }) =>
      recordCopy({ ...body, ...facts }, await makeCopy(body.applicationId, facts, dependencies)),
    );
    return { body: await answerOf(request), headers };
  },
});

async function answerOf({ requestId, answerBy, copy }: PersonalDataRequest) {
  const { objectKey, sha256, applications } = existing(copy, 'a copy of this request');
  const command = new GetObjectCommand({
    Bucket: requireEnvironment('CONTRACTS_BUCKET'),
    Key: objectKey,
  });
  const copyUrl = await getSignedUrl(objectClient(), command, {
    expiresIn: DOWNLOAD_SECONDS,
    signingDate: now(),
  });
  return { requestId, answerBy, applications, sha256, copyUrl };
}

/** Under a prefix whose objects go by themselves after some weeks; the same request writes the same place. */
async function makeCopy(
  applicationId: string,
  { requestId, at }: { readonly requestId: string; readonly at: string },
  dependencies: CopyDependencies,
): Promise<NonNullable<PersonalDataRequest['copy']>> {
  const { applications, blocks, cases, catalog, retention } = dependencies;
  const { borrowerKey } = existing(await applications.find(applicationId), 'such application');
  const ids = new Set([applicationId, ...(await retention.listOfBorrower(borrowerKey))]);
  const held = (await Promise.all([...ids].map((id) => heldApplication(id, dependencies)))).filter(
    (each) => each !== undefined,
  );
  const [contacts, block, texts] = await Promise.all([
    cases.listContacts(borrowerKey, { limit: CONTACTS_MAX }),
    blocks.find(blockIdOf(borrowerKey)),
    catalog.find({ kind: 'reason-texts', id: 'default' }, ReasonTexts),
  ]);
  const none = { reasonTextsId: 'none', version: 1, texts: {} };
  const sections = copyOfBorrower(held, { contacts: contacts.items, block }, texts ?? none);
  const text = JSON.stringify({ requestId, madeAt: at, sections }, undefined, 2);
  const objectKey = `copies/${applicationId}/${requestId}.json`;
  await objectClient().send(
    new PutObjectCommand({
      Bucket: requireEnvironment('CONTRACTS_BUCKET'),
      Key: objectKey,
      Body: new TextEncoder().encode(text),
      ContentType: 'application/json; charset=utf-8',
    }),
  );
  return { objectKey, sha256: sha256Hex(text), applications: held.length };
}

/** Undefined: erased meanwhile. */
async function heldApplication(
  applicationId: string,
  { applications, files, notices, vault }: CopyDependencies,
): Promise<HeldApplication | undefined> {
  try {
    const application = existing(await applications.find(applicationId), 'such application');
    const loanId = loanIdOf(applicationId);
    const [data, file, told] = await Promise.all([
      vault.open(application.pii, sealedSubjectOf(application)),
      files.find(loanId),
      notices.listByLoan(loanId, { limit: NOTICES_MAX }),
    ]);
    return { application, data, file, notices: told.items };
  } catch (error) {
    if (error instanceof ApplicationErased) return undefined;
    throw error;
  }
}
