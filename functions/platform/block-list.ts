import * as z from 'zod';
import { isStanding } from '#domain/blocks/block.ts';
import type { Blocks } from '#domain/blocks/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { blockIdOf } from '#domain/shared/ids.ts';

export interface BlockList {
  readonly blocks: Pick<Blocks, 'find'>;
  readonly catalog: Catalog;
}

/**
 * Whether a person is blocked on a business date, by the name they go by. The record of their block decides; of whom there
 * is none, an entry of the catalog does.
 */
export async function isBlocked(
  borrowerKey: string,
  date: string,
  { blocks, catalog }: BlockList,
): Promise<boolean> {
  const [block, isEntered] = await Promise.all([
    blocks.find(blockIdOf(borrowerKey)),
    isListed(catalog, borrowerKey),
  ]);
  return block === undefined ? isEntered : isStanding(block, date);
}

/** That there is one says it all. */
const Entry = z.looseObject({});

/** Before there were records a blocked borrower was an entry of the catalog under their name, written by hand. */
export async function isListed(catalog: Catalog, borrowerKey: string): Promise<boolean> {
  const key = { kind: 'blocked-borrower', id: borrowerKey, version: 1 };
  return (await catalog.find(key, Entry)) !== undefined;
}
