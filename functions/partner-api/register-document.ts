import { randomBytes } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as z from 'zod';
import { ApplicationDocument, DocumentKind } from '#domain/applications/application.ts';
import { changeApplication } from '#domain/applications/change-application.ts';
import { documentCountMax, documentSizeMaxBytes } from '#domain/documents/verify-document.ts';
import { InvalidTransition, NotFound } from '#domain/shared/errors.ts';
import { newDocumentId } from '#domain/shared/ids.ts';
import { ApplicationId, Sha256Hex } from '#domain/shared/primitives.ts';
import { apiRoute, replayedHeader } from '#platform/api-route.ts';
import { documentClient, objectClient, requireEnvironment } from '#platform/clients.ts';
import { ApiProblem } from '#platform/problem.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { now } from '#platform/time.ts';

const UPLOAD_SECONDS = 900;
const RANDOM_BYTES = 10;

export const registerDocumentRoute = describeRoute({
  operationId: 'registerDocument',
  summary: 'Announce a document and get a place to upload it to',
  method: 'POST',
  path: '/v1/applications/{applicationId}/documents',
  caller: 'Partner',
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: z.strictObject({
    kind: DocumentKind,
    contentType: ApplicationDocument.shape.contentType,
    sizeBytes: z.int().min(1).max(documentSizeMaxBytes),
    sha256: Sha256Hex,
  }),
  status: 201,
  answer: z.object({
    documentId: z.string(),
    upload: z.object({
      method: z.literal('PUT'),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      expiresAt: z.string(),
    }),
  }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

const uploadHeadersOf = (document: ApplicationDocument): Record<string, string> => ({
  'content-type': document.contentType,
  'x-amz-checksum-sha256': Buffer.from(document.sha256, 'hex').toString('base64'),
});

/** Type, length and digest are part of what is signed: S3 refuses any other bytes. */
async function uploadOf(document: ApplicationDocument, at: Date) {
  const url = await getSignedUrl(
    objectClient(),
    new PutObjectCommand({
      Bucket: requireEnvironment('DOCUMENTS_BUCKET'),
      Key: document.objectKey,
      ContentType: document.contentType,
      ContentLength: document.sizeBytes,
      ChecksumSHA256: Buffer.from(document.sha256, 'hex').toString('base64'),
    }),
    {
      expiresIn: UPLOAD_SECONDS,
      // The time of the platform, which a local clock may have moved: S3 judges by it.
      signingDate: at,
      signableHeaders: new Set(['content-type', 'content-length']),
      unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
    },
  );
  return {
    method: 'PUT' as const,
    url,
    headers: uploadHeadersOf(document),
    expiresAt: new Date(at.getTime() + UPLOAD_SECONDS * 1000).toISOString(),
  };
}

export const handler = apiRoute({
  description: registerDocumentRoute,
  dependencies: () => ({
    applications: new DynamoApplications(
      documentClient(),
      requireEnvironment('APPLICATIONS_TABLE'),
    ),
  }),
  run: ({ caller, parameters, body, idempotency }, { applications }) =>
    retryOnConflict(async () => {
      const { applicationId } = parameters;
      const application = await applications.find(applicationId);
      if (application?.partnerId !== caller.partnerId) throw new NotFound('not found');
      const at = now();
      const objectKey = `${applicationId}/${idempotency.mark}`;
      const before = application.applied[idempotency.mark];
      const known = application.documents.find((document) => document.objectKey === objectKey);
      if (before !== undefined && (before !== idempotency.bodyHash || known === undefined))
        throw new ApiProblem('IdempotencyKeyReused', 'use a new key for a new document');
      if (known !== undefined)
        return {
          body: { documentId: known.documentId, upload: await uploadOf(known, at) },
          headers: replayedHeader,
        };
      if (application.documents.length >= documentCountMax)
        throw new InvalidTransition(`an application may carry ${documentCountMax} documents`);
      const document: ApplicationDocument = {
        ...body,
        documentId: newDocumentId(at.getTime(), randomBytes(RANDOM_BYTES)),
        objectKey,
        status: 'Registered',
        registeredAt: at.toISOString(),
      };
      await applications.replace(
        changeApplication(application, {
          // Who is paid out and in difficulty proves it with papers.
          isAfterClose: application.status === 'Disbursed',
          patch: {
            documents: [...application.documents, document],
            applied: { ...application.applied, [idempotency.mark]: idempotency.bodyHash },
          },
          event: {
            type: 'DocumentRegistered',
            at: at.toISOString(),
            actor: `partner:${caller.partnerId}`,
            facts: {
              applicationId,
              documentId: document.documentId,
              kind: document.kind,
              sha256: document.sha256,
            },
          },
        }),
      );
      return { body: { documentId: document.documentId, upload: await uploadOf(document, at) } };
    }),
});
