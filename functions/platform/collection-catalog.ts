import { Funder } from '#domain/catalog/funder.ts';
import { PolicyPack } from '#domain/catalog/policy-pack.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { CollectionAgency } from '#domain/collections/agency.ts';
import type { CollectionCase } from '#domain/collections/case.ts';
import { conductLimitsOf, type ConductLimits } from '#domain/collections/conduct-limits.ts';
import { CollectionScript, lintScript } from '#domain/collections/script.ts';
import { CollectionStrategy, pinnedArm, type StrategyArm } from '#domain/collections/strategy.ts';
import { existing } from './existing.ts';

/** The lender of a case, which must say how it collects. */
export async function collectingLender(
  catalog: Catalog,
  lenderId: string,
): Promise<Funder & { readonly collection: NonNullable<Funder['collection']> }> {
  const funder = existing(
    await catalog.find({ kind: 'funder', id: lenderId }, Funder),
    `funder ${lenderId}`,
  );
  const { collection } = funder;
  if (collection === undefined) throw new Error(`funder ${lenderId} does not say how it collects`);
  return { ...funder, collection };
}

/** The limits of conduct on a date. Packs are named after the day they were made for: the last name is the newest. */
export async function conductLimits(
  catalog: Catalog,
  { lenderType }: Pick<CollectionCase, 'lenderType'>,
  date: string,
): Promise<ConductLimits> {
  const packs = await catalog.list('policy-pack', PolicyPack);
  const newest = packs.toSorted((a, b) => (a.packId < b.packId ? -1 : 1)).at(-1);
  return conductLimitsOf(existing(newest, 'policy pack'), { lenderType, date });
}

/** The agency that has a case, as the register has it now; undefined while the house collects itself. */
export async function agencyOf(
  catalog: Catalog,
  { assignment }: Pick<CollectionCase, 'assignment'>,
): Promise<CollectionAgency | undefined> {
  if (assignment === undefined) return undefined;
  return catalog.find({ kind: 'collection-agency', id: assignment.agencyId }, CollectionAgency);
}

/** The strategy in force; new cases take it. */
export async function strategyInForce(
  catalog: Catalog,
  strategyId: string,
): Promise<CollectionStrategy> {
  const strategy = await catalog.find(
    { kind: 'collection-strategy', id: strategyId },
    CollectionStrategy,
  );
  return existing(strategy, `collection strategy ${strategyId}`);
}

/** The arm of the version a case pinned. */
export async function armOfCase(
  catalog: Catalog,
  { strategyId, strategyVersion, arm }: CollectionCase,
): Promise<StrategyArm> {
  const strategy = await catalog.find(
    { kind: 'collection-strategy', id: strategyId, version: strategyVersion },
    CollectionStrategy,
  );
  return pinnedArm(existing(strategy, `version ${strategyVersion} of ${strategyId}`), arm);
}

/** A script that passed the rules of speech; one that does not is never read to anybody. */
export async function soundScript(
  catalog: Catalog,
  scriptId: string,
  { bannedWords }: ConductLimits,
): Promise<CollectionScript> {
  const found = await catalog.find({ kind: 'collection-script', id: scriptId }, CollectionScript);
  const script = existing(found, `script ${scriptId}`);
  const [fault] = lintScript(script, bannedWords);
  if (fault !== undefined) throw new Error(`script ${scriptId} breaks the rule ${fault.rule}`);
  return script;
}
