import { randomBytes } from 'node:crypto';
import type { BlindIndex, NamedPerson, People } from '#domain/applications/people.ts';
import type { PersonalDataVault } from '#domain/applications/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { isListed } from './block-list.ts';

export interface NamingDependencies {
  readonly people: Pick<People, 'find' | 'hasApplied'>;
  readonly vault: Pick<PersonalDataVault, 'blindIndexes'>;
  readonly catalog: Catalog;
}

/** 256 bits: nobody guesses a name, and no two people get the same. */
const NAME_BYTES = 32;

/**
 * The name that a number leads to, and what it must be kept under. Somebody who was never seen gets one that is drawn. Only
 * what comes after is kept: the name is theirs once it is stored with the application.
 */
export async function namePerson(
  identityNumber: string,
  dependencies: NamingDependencies,
): Promise<NamedPerson> {
  const indexes = await dependencies.vault.blindIndexes(identityNumber);
  const known =
    (await dependencies.people.find(indexes)) ?? (await nameOfBefore(indexes, dependencies));
  if (known !== undefined) return { borrowerKey: known, indexes };
  return { borrowerKey: randomBytes(NAME_BYTES).toString('hex'), indexes, isNew: true };
}

/** Release 0.1.0 took the blind index itself for the name, also on the block list: whoever goes by it keeps it. */
async function nameOfBefore(
  indexes: readonly BlindIndex[],
  { people, catalog }: NamingDependencies,
): Promise<string | undefined> {
  const used = await Promise.all(
    indexes.map(
      async ({ value, isNeverName = false }) =>
        (!isNeverName && (await people.hasApplied(value))) || (await isListed(catalog, value)),
    ),
  );
  return indexes.find((_, at) => used[at])?.value;
}
