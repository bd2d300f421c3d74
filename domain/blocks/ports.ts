import type { Page, PageRequest } from '../shared/page.ts';
import type { Block } from './block.ts';

/** Where blocks are kept. */
export interface Blocks {
  /** Reads what is stored, never a copy of it. */
  find(blockId: string): Promise<Block | undefined>;
  /** Throws ConcurrentChange when the version read is no longer the stored one. */
  replace(next: Block): Promise<void>;
  /** Those whose last day is not before a date; the first to end first. */
  listStanding(date: string, page: PageRequest): Promise<Page<Block>>;
  /** Those whose last day is before a date and that have not left the list yet. */
  listOver(date: string, page: PageRequest): Promise<Page<Block>>;
}
