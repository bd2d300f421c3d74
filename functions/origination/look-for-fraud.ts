import type { Application } from '#domain/applications/application.ts';
import type { PersonalData } from '#domain/applications/personal-data.ts';
import type { PersonalDataVault } from '#domain/applications/ports.ts';
import type { Sighting, Sightings } from '#domain/fraud/sighting.ts';
import { signalDays, signalsOf, sinceOf, type Signals } from '#domain/fraud/signals.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { indexedTraits } from '#platform/indexed-traits.ts';

/** More sightings than this say nothing more: every rule has hit long before. */
const SIGHTINGS_MAX = 100;
const BORROWER_DIGITS = 16;

/**
 * Notes what an application shows, and answers what others have shown before it. Repeated, it answers the same. While the
 * key of the blind index changes, a trait is noted and looked for under both keys.
 */
export async function lookForFraud(
  application: Pick<Application, 'applicationId' | 'borrowerKey' | 'partnerId' | 'submittedAt'>,
  data: PersonalData,
  { vault, sightings }: { readonly vault: PersonalDataVault; readonly sightings: Sightings },
): Promise<Signals> {
  const { applicationId, borrowerKey, partnerId, submittedAt } = application;
  const seenAt = new Date(submittedAt).toISOString();
  const own = { applicationId, seenAt, borrower: borrowerKey.slice(0, BORROWER_DIGITS) };
  const date = businessDateOf(Date.parse(submittedAt));
  const seen = await indexedTraits(data, vault);
  const traits = seen.flatMap((each) => each.traits);
  await Promise.all([
    sightings.note(traits.map((trait) => ({ ...own, trait }) satisfies Sighting)),
    sightings.countForPartner(partnerId, date, { ...own, traits }),
  ]);
  const since = sinceOf(seenAt, signalDays);
  const [partnerCount, ...histories] = await Promise.all([
    sightings.countOfPartner(partnerId, date),
    ...seen.map(async (each) => ({
      kind: each.kind,
      sightings: await seenUnderAny(each.traits, since, sightings),
    })),
  ]);
  return signalsOf(own, histories, partnerCount);
}

/** What was noted under two keys is one sighting. */
async function seenUnderAny(
  traits: readonly string[],
  since: string,
  sightings: Sightings,
): Promise<readonly Sighting[]> {
  const lists = await Promise.all(
    traits.map((trait) => sightings.listSince(trait, since, SIGHTINGS_MAX)),
  );
  return [...new Map(lists.flat().map((each) => [each.applicationId, each])).values()];
}
