import * as z from 'zod';
import type { Catalog } from '#domain/catalog/ports.ts';

/** That there is one says it all. */
const BlockEntry = z.looseObject({});

/** A blocked borrower is an entry of the catalog under the borrower's name. */
export async function isBlocked(catalog: Catalog, borrowerKey: string): Promise<boolean> {
  const key = { kind: 'blocked-borrower', id: borrowerKey, version: 1 };
  return (await catalog.find(key, BlockEntry)) !== undefined;
}
