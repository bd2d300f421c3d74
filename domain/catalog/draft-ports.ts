import type { Page, PageRequest } from '../shared/page.ts';
import type { CatalogDraft } from './draft.ts';

/** Where drafts are kept. Every write throws `ConcurrentChange` when the version read is no longer the stored one. */
export interface CatalogDrafts {
  find(draftId: string): Promise<CatalogDraft | undefined>;
  /** Stores a new draft; throws ConcurrentChange when it is there already. */
  create(draft: CatalogDraft): Promise<void>;
  replace(next: CatalogDraft): Promise<void>;
  /**
   * Stores an approved draft and publishes its version: all of it or nothing. Throws InvalidTransition when the catalog
   * does not stand at the version before it.
   */
  publish(approved: CatalogDraft): Promise<void>;
  /** The newest first. */
  list(status: CatalogDraft['status'], page: PageRequest): Promise<Page<CatalogDraft>>;
}
