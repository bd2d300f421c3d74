import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { objectClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { personalDataVault } from '#platform/pii.ts';
import { requestDependencies } from './request-dependencies.ts';

/** What corrections work with: the data are opened and sealed anew. */
export function correctionDependencies() {
  return { ...requestDependencies(), vault: personalDataVault(), keepProposal, readProposal };
}
export type CorrectionDependencies = ReturnType<typeof correctionDependencies>;

/** Where what was entered waits: under a prefix whose objects go by themselves, and with the application. */
export function proposalKeyOf(applicationId: string, requestId: string): string {
  return `copies/${applicationId}/${requestId}.sealed`;
}

async function keepProposal(objectKey: string, sealed: Uint8Array): Promise<void> {
  const Bucket = requireEnvironment('CONTRACTS_BUCKET');
  await objectClient().send(new PutObjectCommand({ Bucket, Key: objectKey, Body: sealed }));
}

/** Throws NotFound when it waited too long. */
async function readProposal(objectKey: string): Promise<Uint8Array<ArrayBuffer>> {
  const Bucket = requireEnvironment('CONTRACTS_BUCKET');
  const { Body } = await objectClient().send(new GetObjectCommand({ Bucket, Key: objectKey }));
  return new Uint8Array(await existing(Body, 'what was entered').transformToByteArray());
}

/** Tells one sealing of the data from another. */
export function digestOf(sealed: Uint8Array): string {
  return createHash('sha256').update(sealed).digest('hex');
}
