import type { Application } from '#domain/applications/application.ts';
import type { PersonalData } from '#domain/applications/personal-data.ts';
import type { PersonalDataVault } from '#domain/applications/ports.ts';
import type { Sighting, Sightings } from '#domain/fraud/sighting.ts';
import { signalDays, signalsOf, sinceOf, type Signals } from '#domain/fraud/signals.ts';
import { traitsOf } from '#domain/fraud/traits.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';

/** More sightings than this say nothing more: every rule has hit long before. */
const SIGHTINGS_MAX = 100;
const BORROWER_DIGITS = 16;

/** Notes what an application shows, and answers what others have shown before it. Repeated, it answers the same. */
export async function lookForFraud(
  application: Pick<Application, 'applicationId' | 'borrowerKey' | 'partnerId' | 'submittedAt'>,
  data: PersonalData,
  { vault, sightings }: { readonly vault: PersonalDataVault; readonly sightings: Sightings },
): Promise<Signals> {
  const { applicationId, borrowerKey, partnerId, submittedAt } = application;
  const seenAt = new Date(submittedAt).toISOString();
  const own = { applicationId, seenAt, borrower: borrowerKey.slice(0, BORROWER_DIGITS) };
  const date = businessDateOf(Date.parse(submittedAt));
  const seen = await Promise.all(
    traitsOf(data).map(async ({ kind, value }) => ({
      kind,
      sighting: {
        ...own,
        trait: `${kind}#${await vault.traitKey(kind, value)}`,
      } satisfies Sighting,
    })),
  );
  await Promise.all([
    sightings.note(seen.map(({ sighting }) => sighting)),
    sightings.countForPartner(partnerId, date, {
      ...own,
      traits: seen.map(({ sighting }) => sighting.trait),
    }),
  ]);
  const since = sinceOf(seenAt, signalDays);
  const [partnerCount, ...histories] = await Promise.all([
    sightings.countOfPartner(partnerId, date),
    ...seen.map(async ({ kind, sighting }) => ({
      kind,
      sightings: await sightings.listSince(sighting.trait, since, SIGHTINGS_MAX),
    })),
  ]);
  return signalsOf(own, histories, partnerCount);
}
