import * as z from 'zod';
import { changeAggregate, startAggregate } from '../shared/change-aggregate.ts';
import { contentHashOf } from '../shared/content-hash.ts';
import { DomainEvent } from '../shared/domain-event.ts';
import { Forbidden, InvalidInput, InvalidTransition } from '../shared/errors.ts';
import { draftIdOf } from '../shared/ids.ts';
import { Instant, Sha256Hex } from '../shared/primitives.ts';
import { catalogKinds, loadCatalogFile, type CatalogItem } from './load-catalog.ts';

export const CatalogKindName = z.enum([
  'product',
  'policy-pack',
  'scorecard',
  'watch-limits',
  'credit-policy',
  'funder',
  'partner',
  'message-templates',
  'collection-strategy',
  'collection-script',
  'collection-agency',
  'reason-texts',
]);

export const DraftId = z.string().regex(/^draft_[0-9A-HJKMNP-TV-Z]{26}$/);

/** A version of a catalog item that is not published yet: written by one person, agreed to by another. */
export const CatalogDraft = z.object({
  draftId: DraftId,
  version: z.int().min(1),
  status: z.enum(['Drafted', 'Submitted', 'Approved', 'Rejected']),
  kind: CatalogKindName,
  /** The key the version gets in the catalog. */
  itemKey: z.string(),
  content: z.record(z.string(), z.unknown()),
  /** What an approval is bound to. */
  contentHash: Sha256Hex,
  createdAt: Instant,
  createdBy: z.string(),
  submittedBy: z.string().optional(),
  decidedBy: z.string().optional(),
  note: z.string().max(2000).optional(),
  event: DomainEvent,
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type CatalogDraft = z.infer<typeof CatalogDraft>;

/** Writes a draft. The same content by the same person is the same draft. Throws InvalidInput when it is no such item. */
export function draftItem(given: {
  readonly kind: CatalogDraft['kind'];
  readonly content: unknown;
  readonly operatorId: string;
  readonly at: string;
  /** The business date: what decides by dates may not begin in the past. */
  readonly today: string;
}): CatalogDraft {
  const { kind, operatorId, at, today } = given;
  const [item] = checked(kind, given.content);
  const itemKey = item.idVersion;
  // Only what belongs to the item itself: its key is added again when it is published.
  const content = Object.fromEntries(
    Object.entries(item).filter(([name]) => name !== 'kind' && name !== 'idVersion'),
  );
  assertNotRetroactive(content, today);
  const contentHash = contentHashOf(content);
  const draftId = draftIdOf(kind, operatorId, contentHash);
  return startAggregate(
    draftId,
    {
      draftId,
      status: 'Drafted' as const,
      kind,
      itemKey,
      content,
      contentHash,
      createdAt: at,
      createdBy: operatorId,
    },
    {
      type: 'CatalogDrafted',
      at,
      actor: `operator:${operatorId}`,
      facts: { draftId, kind, itemKey, contentHash },
    },
  );
}

/** The content as the catalog would load it: with the row or field named that does not fit. */
function checked(kind: CatalogDraft['kind'], content: unknown): ReturnType<typeof loadCatalogFile> {
  const parsed = catalogKinds[kind].schema.safeParse(content);
  if (!parsed.success) throw new InvalidInput(z.prettifyError(parsed.error));
  try {
    return loadCatalogFile(kind, content);
  } catch (error) {
    throw new InvalidInput(error instanceof Error ? error.message : 'not such an item', {
      cause: error,
    });
  }
}

/** What an application of today was told must still hold tomorrow: a version begins on a day to come. */
function assertNotRetroactive(content: Readonly<Record<string, unknown>>, today: string): void {
  const from = content['effectiveFrom'];
  if (typeof from === 'string' && from <= today)
    throw new InvalidInput(`it would begin on ${from}, which is not after ${today}`);
}

/** Hands a draft in for approval. */
export function submitDraft(
  draft: CatalogDraft,
  { operatorId, at }: { readonly operatorId: string; readonly at: string },
): CatalogDraft {
  if (draft.status !== 'Drafted')
    throw new InvalidTransition(`draft ${draft.draftId} is ${draft.status}`);
  return changed(draft, {
    patch: { status: 'Submitted', submittedBy: operatorId },
    type: 'CatalogDraftSubmitted',
    operatorId,
    at,
  });
}

export interface DraftVerdict {
  readonly outcome: 'Approve' | 'Reject';
  readonly contentHash: string;
  readonly note?: string | undefined;
  readonly operatorId: string;
  readonly at: string;
  readonly today: string;
}

/**
 * A second person's word on a draft. Who wrote it or handed it in does not decide about it, and the word counts for
 * exactly what was shown.
 */
export function decideDraft(draft: CatalogDraft, verdict: DraftVerdict): CatalogDraft {
  const { outcome, operatorId, at, note, today } = verdict;
  if (draft.status !== 'Submitted')
    throw new InvalidTransition(`draft ${draft.draftId} is ${draft.status}`);
  if (operatorId === draft.createdBy || operatorId === draft.submittedBy)
    throw new Forbidden('who wrote a draft or handed it in does not approve it');
  if (verdict.contentHash !== draft.contentHash)
    throw new InvalidInput('the content is not the one that was shown');
  if (outcome === 'Approve') assertNotRetroactive(draft.content, today);
  return changed(draft, {
    patch: {
      status: outcome === 'Approve' ? 'Approved' : 'Rejected',
      decidedBy: operatorId,
      ...(note === undefined ? {} : { note }),
    },
    type: outcome === 'Approve' ? 'CatalogPublished' : 'CatalogDraftRejected',
    operatorId,
    at,
  });
}

function changed(
  draft: CatalogDraft,
  change: {
    readonly patch: Partial<CatalogDraft>;
    readonly type: string;
    readonly operatorId: string;
    readonly at: string;
  },
): CatalogDraft {
  const { draftId, kind, itemKey, contentHash } = draft;
  const { patch, type, operatorId, at } = change;
  return changeAggregate(draft, {
    subjectId: draftId,
    patch,
    event: {
      type,
      at,
      actor: `operator:${operatorId}`,
      facts: { draftId, kind, itemKey, contentHash },
    },
  });
}

/** What publishing an approved draft writes: the version, and the pointer that makes it the newest. */
export function publicationOf(draft: CatalogDraft): readonly [CatalogItem, CatalogItem] {
  return loadCatalogFile(draft.kind, draft.content);
}

/** The number of the version a draft would become. */
export function versionOf({ content }: Pick<CatalogDraft, 'content'>): number {
  return z.int().parse(content['version']);
}
