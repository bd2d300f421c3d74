import { createHash } from 'node:crypto';
import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import * as z from 'zod';
import { Partner } from '#domain/catalog/partner.ts';
import { isWithin } from '#domain/catalog/texts.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { authorise, bearerOf, refuse, type AuthoriserEvent } from '#platform/authorise.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { now } from '#platform/time.ts';

/** One key of a partner, found by the digest of the key. A partner has two while it changes them. */
const PartnerKey = z.object({
  partnerId: z.string(),
  status: z.enum(['Active', 'Revoked']).default('Active'),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
export type PartnerKey = z.infer<typeof PartnerKey>;

export interface AuthorisationPorts {
  readonly findKey: (digest: string) => Promise<PartnerKey | undefined>;
  readonly catalog: Catalog;
  readonly now: () => Date;
}

/** Lets a partner in by its key. A key is 256 random bits, so its plain digest is enough to find it and to hide it. */
export async function runAuthorisePartner(
  event: AuthoriserEvent,
  { findKey, catalog, now: clock }: AuthorisationPorts,
): Promise<ReturnType<typeof authorise>> {
  const credential = bearerOf(event);
  if (credential === undefined) refuse();
  const key = await findKey(createHash('sha256').update(credential).digest('hex'));
  const at = clock();
  if (key?.status !== 'Active' || isPast(key.expiresAt, at)) refuse();
  const partner = await catalog.find({ kind: 'partner', id: key.partnerId }, Partner);
  if (partner?.status !== 'Active' || !isWithin(partner.agreement, businessDateOf(at.getTime())))
    refuse();
  return authorise(event, key.partnerId, { partnerId: key.partnerId });
}

function isPast(instant: string | undefined, at: Date): boolean {
  return instant !== undefined && Date.parse(instant) <= at.getTime();
}

function keyReader(documents: DynamoDBDocumentClient, tableName: string) {
  return async (digest: string): Promise<PartnerKey | undefined> => {
    const { Item } = await documents.send(
      new GetCommand({ TableName: tableName, Key: { kind: 'partner-key', idVersion: digest } }),
    );
    return Item === undefined ? undefined : PartnerKey.parse(Item);
  };
}

let dependencies: AuthorisationPorts | undefined;

export const handler = middy<AuthoriserEvent, ReturnType<typeof authorise>>().handler((event) => {
  const documents = documentClient();
  const tableName = requireEnvironment('CATALOG_TABLE');
  dependencies ??= {
    findKey: keyReader(documents, tableName),
    catalog: new DynamoCatalog(documents, tableName),
    now,
  };
  return runAuthorisePartner(event, dependencies);
});
