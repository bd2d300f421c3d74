import { describe, expect, it } from 'vitest';
import {
  bankClasses,
  bucketOf,
  classOf,
  delinquencyOf,
} from '../../../../domain/lending/servicing/delinquency.ts';
import { accountOf, pay, serviced } from './serviced-loan.ts';

describe('classOf (rules §4.1, §11.10: 令〔2023〕第1号)', () => {
  it.each([
    { days: 0, assetClass: 'Normal' },
    { days: 1, assetClass: 'Attention' },
    { days: 90, assetClass: 'Attention' },
    { days: 91, assetClass: 'Substandard' },
    { days: 270, assetClass: 'Substandard' },
    { days: 271, assetClass: 'Doubtful' },
    { days: 360, assetClass: 'Doubtful' },
    { days: 361, assetClass: 'Loss' },
  ])('$days days past due are $assetClass', ({ days, assetClass }) => {
    expect(classOf(days)).toBe(assetClass);
  });

  it('goes by another table where one is given', () => {
    const cards = [
      ['Loss', 180],
      ['Doubtful', 120],
      ['Substandard', 90],
      ['Attention', 0],
    ] as const;
    expect([120, 121, 181].map((days) => classOf(days, cards))).toEqual([
      'Substandard',
      'Doubtful',
      'Loss',
    ]);
    expect(classOf(181, bankClasses)).toBe('Substandard');
  });
});

describe('bucketOf', () => {
  it.each([
    { days: -1, bucket: 'M0' },
    { days: 0, bucket: 'M0' },
    { days: 1, bucket: 'M1' },
    { days: 30, bucket: 'M1' },
    { days: 31, bucket: 'M2' },
    { days: 60, bucket: 'M2' },
    { days: 61, bucket: 'M3' },
    { days: 90, bucket: 'M3' },
    { days: 91, bucket: 'M4' },
    { days: 120, bucket: 'M4' },
    { days: 121, bucket: 'M5' },
    { days: 150, bucket: 'M5' },
    { days: 151, bucket: 'M6' },
    { days: 180, bucket: 'M6' },
    { days: 181, bucket: 'M7' },
    { days: 1000, bucket: 'M7' },
  ])('$days days past due are $bucket', ({ days, bucket }) => {
    expect(bucketOf(days)).toBe(bucket);
  });
});

describe('delinquencyOf', () => {
  const standing = (given: Parameters<typeof serviced>[0], on: string) =>
    delinquencyOf(accountOf(given, on), serviced(given).policy.penalty);

  it.each([
    { on: '2026-02-10', daysPastDue: 0, bucket: 'M0', assetClass: 'Normal' },
    { on: '2026-02-11', daysPastDue: 1, bucket: 'M1', assetClass: 'Attention' },
    { on: '2026-05-11', daysPastDue: 90, bucket: 'M3', assetClass: 'Attention' },
    { on: '2026-05-12', daysPastDue: 91, bucket: 'M4', assetClass: 'Substandard' },
    { on: '2026-11-07', daysPastDue: 270, bucket: 'M7', assetClass: 'Substandard' },
    { on: '2026-11-08', daysPastDue: 271, bucket: 'M7', assetClass: 'Doubtful' },
    { on: '2027-02-05', daysPastDue: 360, bucket: 'M7', assetClass: 'Doubtful' },
    { on: '2027-02-06', daysPastDue: 361, bucket: 'M7', assetClass: 'Loss' },
  ])('of an unpaid loan on $on is $assetClass', ({ on, ...expected }) => {
    expect(standing({}, on)).toEqual(expected);
  });

  it('goes by the oldest installment that is not fully paid', () => {
    const events = [pay('2026-02-10', 1030_00)];
    expect(standing({ events }, '2026-03-12').daysPastDue).toBe(2);
    const short = [pay('2026-02-10', 1029_99)];
    expect(standing({ events: short }, '2026-03-12').daysPastDue).toBe(30);
  });

  it('is current again when everything due is paid, penalty and all', () => {
    const paidLate = [pay('2026-02-20', 1035_00)];
    expect(standing({ events: paidLate }, '2026-02-20').daysPastDue).toBe(0);
    const penaltyLeft = [pay('2026-02-20', 1034_99)];
    expect(standing({ events: penaltyLeft }, '2026-02-20').daysPastDue).toBe(10);
  });

  it.each([
    { on: '2026-02-13', graceDays: 3, daysPastDue: 0 },
    // Once the grace is over the days count from the due date.
    { on: '2026-02-14', graceDays: 3, daysPastDue: 4 },
    { on: '2026-02-11', graceDays: 0, daysPastDue: 1 },
  ])('on $on with $graceDays days of grace is $daysPastDue', ({ on, graceDays, daysPastDue }) => {
    expect(standing({ policy: { penalty: { graceDays } } }, on).daysPastDue).toBe(daysPastDue);
  });

  it.each([
    { on: '2026-02-24', holidayRoll: 'NextBusinessDay', daysPastDue: 0 },
    { on: '2026-02-25', holidayRoll: 'NextBusinessDay', daysPastDue: 1 },
    { on: '2026-02-24', holidayRoll: 'None', daysPastDue: 7 },
  ])(
    'over the Spring Festival on $on with $holidayRoll is $daysPastDue',
    ({ on, holidayRoll, daysPastDue }) => {
      const given = { terms: { disbursedOn: '2026-01-17' }, policy: { penalty: { holidayRoll } } };
      expect(standing(given, on).daysPastDue).toBe(daysPastDue);
    },
  );

  it('goes by another table where one is given', () => {
    const account = accountOf({}, '2026-02-20');
    expect(delinquencyOf(account, serviced().policy.penalty, [['Loss', 9]]).assetClass).toBe(
      'Loss',
    );
  });
});
