import type { PersonalData } from '#domain/applications/personal-data.ts';
import type { PersonalDataVault } from '#domain/applications/ports.ts';
import { traitsOf, type TraitKind } from '#domain/fraud/traits.ts';

/** A trait as it is kept: under every key that things are found by. */
export interface IndexedTrait {
  readonly kind: TraitKind;
  readonly traits: readonly string[];
}

/** What an application shows, as it is kept. */
export function indexedTraits(
  data: PersonalData,
  vault: Pick<PersonalDataVault, 'traitKeys'>,
): Promise<readonly IndexedTrait[]> {
  return Promise.all(
    traitsOf(data).map(async ({ kind, value }) => ({
      kind,
      traits: (await vault.traitKeys(kind, value)).map((key) => `${kind}#${key}`),
    })),
  );
}
