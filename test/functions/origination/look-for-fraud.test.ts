import { describe, expect, it } from 'vitest';
import type { PersonalData } from '#domain/applications/personal-data.ts';
import { lookForFraud } from '#functions/origination/look-for-fraud.ts';
import { InMemorySightings } from '#test/support/in-memory-sightings.ts';
import { InMemoryVault } from '#test/support/in-memory-vault.ts';
import { aPerson } from '../../domain/builders.ts';

const device = { fingerprint: 'device-0001', ip: '192.0.2.1' };
const vault = new InMemoryVault();

function apply(sightings: InMemorySightings, number: number, data: Partial<PersonalData> = {}) {
  return lookForFraud(
    {
      applicationId: `app_${String(number)}`,
      borrowerKey: `${String(number).padStart(16, '0')}-rest-of-the-index`,
      partnerId: 'demo-partner',
      submittedAt: `2026-11-23T10:${String(number).padStart(2, '0')}:00+08:00`,
    },
    { applicant: { ...aPerson, mobile: `1990000${String(number).padStart(4, '0')}` }, ...data },
    { vault, sightings },
  );
}

describe('lookForFraud', () => {
  it('sees one device that sends for one borrower after another', async () => {
    const sightings = new InMemorySightings();
    for (const number of [1, 2, 3]) await apply(sightings, number, { device });
    expect(await apply(sightings, 4, { device })).toEqual({
      hasDevice: true,
      hasAddress: false,
      hasContacts: false,
      applicationsByDevice1Day: 3,
      applicationsByDevice30Days: 3,
      borrowersByDevice30Days: 3,
      applicationsByIp1Day: 3,
      applicationsByPhone7Days: 0,
      borrowersByPhone30Days: 0,
      // The account of the builder is everybody's here.
      borrowersByCard30Days: 3,
      applicationsByPartner1Day: 4,
    });
  });

  it('answers a repeated step as the first time, also when others have come meanwhile', async () => {
    const sightings = new InMemorySightings();
    const first = await apply(sightings, 1, { device });
    await apply(sightings, 2, { device });
    const { applicationsByPartner1Day: _, ...again } = await apply(sightings, 1, { device });
    expect(first).toMatchObject(again);
  });

  it('keeps blind indexes, never what they were made of', async () => {
    const sightings = new InMemorySightings();
    const kept: string[] = [];
    sightings.note = (noted) => {
      kept.push(...noted.map((sighting) => JSON.stringify(sighting)));
      return Promise.resolve();
    };
    const hashing = new InMemoryVault();
    hashing.traitKeys = (kind) => Promise.resolve([`index-of-${kind}`]);
    await lookForFraud(
      {
        applicationId: 'app_1',
        borrowerKey: 'b'.repeat(64),
        partnerId: 'demo-partner',
        submittedAt: '2026-11-23T10:00:00+08:00',
      },
      { applicant: aPerson, device, address: '示例路1号' },
      { vault: hashing, sightings },
    );
    expect(kept).toHaveLength(5);
    expect(kept.join('\n')).not.toMatch(/device-0001|192\.0\.2|19900000000|6200000000|示例路/);
  });
});
