import { PolicyPack } from '#domain/catalog/policy-pack.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { existing } from './existing.ts';

/** The newest policy pack: packs are named after the day they were made for. */
export async function policyInForce(catalog: Catalog): Promise<PolicyPack> {
  const packs = await catalog.list('policy-pack', PolicyPack);
  return existing(packs.toSorted((a, b) => (a.packId < b.packId ? -1 : 1)).at(-1), 'policy pack');
}
