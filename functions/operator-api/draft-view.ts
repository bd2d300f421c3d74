import * as z from 'zod';
import { CatalogDraft, DraftId } from '#domain/catalog/draft.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoCatalogDrafts } from '#platform/repositories/catalog-drafts.ts';
import { rememberedRequests } from '#platform/remembered-requests.ts';
import { now } from '#platform/time.ts';

export const DraftParameters = z.object({ draftId: DraftId });

/** A draft as operators see it: whole, with the hash an approval must name. */
export const DraftView = CatalogDraft.omit({
  event: true,
  auditHash: true,
  previousAuditHash: true,
}).meta({ id: 'CatalogDraft' });
export type DraftView = z.infer<typeof DraftView>;

export function viewDraft(draft: CatalogDraft): DraftView {
  return DraftView.parse(draft);
}

export function draftReading() {
  return {
    drafts: new DynamoCatalogDrafts(documentClient(), {
      drafts: requireEnvironment('CATALOG_DRAFTS_TABLE'),
      catalog: process.env['CATALOG_TABLE'] ?? '',
    }),
  };
}

export function draftWriting() {
  return { ...draftReading(), keys: rememberedRequests(), now };
}
