import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lprAgeOf } from '../../../domain/contracts/lpr-age.ts';
import { policyPack } from '../catalog-files.ts';

/** The shipped pack with another day of publication, or without one. */
const packOf = (publishedOn?: string) => ({
  ...policyPack,
  leaves: policyPack.leaves.flatMap((leaf) => {
    if (leaf.path !== 'lpr.publishedOn') return [leaf];
    return publishedOn === undefined ? [] : [{ ...leaf, value: publishedOn }];
  }),
});

describe('lprAgeOf', () => {
  it.each([
    { what: 'on its day', published: '2026-10-20', date: '2026-10-20', level: 'Current' },
    {
      what: 'the day before the next',
      published: '2026-10-20',
      date: '2026-11-19',
      level: 'Current',
    },
    {
      what: 'on the next, which may still come',
      published: '2026-10-20',
      date: '2026-11-20',
      level: 'Current',
    },
    { what: 'the day after the next', published: '2026-10-20', date: '2026-11-21', level: 'Late' },
    { what: 'after 40 days', published: '2026-10-20', date: '2026-11-29', level: 'Late' },
    { what: 'after 41 days', published: '2026-10-20', date: '2026-11-30', level: 'Stale' },
    { what: 'over new year', published: '2026-12-21', date: '2027-01-20', level: 'Current' },
  ])('says $level $what', ({ published, date, level }) => {
    expect(lprAgeOf(packOf(published), date)?.level).toBe(level);
  });

  it('waits for the business day after a 20th on a weekend or holiday', () => {
    // The 20th of June 2026 is a Saturday within the Dragon Boat holiday (19 to 21).
    const pack = packOf('2026-05-20');
    expect(lprAgeOf(pack, '2026-06-22')).toMatchObject({
      expectedOn: '2026-05-20',
      level: 'Current',
    });
    expect(lprAgeOf(pack, '2026-06-23')).toMatchObject({ expectedOn: '2026-06-22', level: 'Late' });
  });

  it('expects every publication from 2019 to 2025 on the day it came', () => {
    const dates = JSON.parse(
      readFileSync(new URL('../../vectors/lpr-publication-dates.json', import.meta.url), 'utf8'),
    ) as readonly string[];
    const leaves = policyPack.leaves.map((leaf) =>
      leaf.path.startsWith('lpr.') ? { ...leaf, effectiveFrom: '2019-01-01' } : leaf,
    );
    expect(dates.length).toBeGreaterThan(60);
    for (const publishedOn of dates) {
      const age = lprAgeOf({ ...policyPack, leaves }, `${publishedOn.slice(0, 7)}-28`);
      expect(age?.expectedOn).toBe(publishedOn);
    }
  });

  it('takes the beginning of the rate where the pack knows no later publication', () => {
    expect(lprAgeOf(packOf(), '2026-11-23')).toMatchObject({
      publishedOn: '2025-05-20',
      level: 'Stale',
    });
    expect(lprAgeOf(packOf('2024-01-22'), '2025-05-21')).toMatchObject({
      publishedOn: '2025-05-20',
      level: 'Current',
    });
  });

  it('says nothing of a pack without one', () => {
    const leaves = policyPack.leaves.filter(({ path }) => path !== 'lpr.1Y');
    expect(lprAgeOf({ ...policyPack, leaves }, '2026-11-23')).toBeUndefined();
  });
});
