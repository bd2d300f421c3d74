import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sightings } from '#domain/fraud/sighting.ts';
import { DynamoSightings } from '#platform/repositories/sightings.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { InMemorySightings } from '#test/support/in-memory-sightings.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

const kinds: readonly [string, () => Sightings][] = [
  ['DynamoSightings', () => new DynamoSightings(database.documents, 'Sightings')],
  ['InMemorySightings', () => new InMemorySightings()],
];

describe.each(kinds)('%s', (_name, make) => {
  const seen = (trait: string, minute: number, who = `app_${String(minute)}`) => ({
    trait,
    seenAt: `2026-11-23T02:${String(minute).padStart(2, '0')}:00.000Z`,
    applicationId: who,
    borrower: `borrower-of-${who}`,
  });

  it('answers the newest first, after an instant and within a number', async () => {
    const sightings = make();
    await sightings.note([1, 2, 3, 4].map((minute) => seen('phone#window', minute)));
    await sightings.note([seen('phone#other', 5)]);
    const found = await sightings.listSince('phone#window', '2026-11-23T02:01:30.000Z', 2);
    expect(found).toEqual([seen('phone#window', 4), seen('phone#window', 3)]);
  });

  it('keeps a sighting once, however often it is noted', async () => {
    const sightings = make();
    const one = seen('device#once', 1);
    await sightings.note([one, one]);
    await sightings.note([one]);
    expect(await sightings.listSince('device#once', '2026-11-01', 10)).toEqual([one]);
  });

  it('takes more sightings than one call of the table', async () => {
    const sightings = make();
    const contacts = Array.from({ length: 11 }, (_, at) => seen(`contact#many-${String(at)}`, 1));
    await sightings.note(contacts);
    expect(await sightings.listSince('contact#many-10', '2026-11-01', 10)).toHaveLength(1);
  });

  it('counts an application of a partner once, also when it is counted at the same time', async () => {
    const sightings = make();
    const ids = ['app_a', 'app_b', 'app_c', 'app_a', 'app_b'];
    const count = (applicationId: string, date = '2026-11-23') =>
      sightings.countForPartner('demo-partner', date, { applicationId, seenAt: date, traits: [] });
    await Promise.all(ids.map((id) => count(id)));
    await count('app_a');
    await count('app_d', '2026-11-24');
    expect(await sightings.countOfPartner('demo-partner', '2026-11-23')).toBe(3);
    expect(await sightings.countOfPartner('other-partner', '2026-11-23')).toBe(0);
  });
});
