import { describe, expect, it } from 'vitest';
import { penaltyRate } from '../../../../domain/lending/servicing/penalty-rate.ts';
import { accountOf, pay, paidOf } from './serviced-loan.ts';

const policy = { uplift: '0.5', capAnnual: '0.24' };

describe('penaltyRate (rules §3.3, §11.3)', () => {
  it.each([
    // 16.01 % × 1.5 is 24.015 %: clipped. 16 % × 1.5 is the cap itself: not clipped.
    { rate: '0.1601', accrual: 'Actual365', isClipped: true, annual: 0.24 },
    { rate: '0.16', accrual: 'Actual365', isClipped: false, annual: 0.24 },
    { rate: '0.16', accrual: 'ActualActual', isClipped: false, annual: 0.24 },
    // Over 360 days the same rate costs more in a year: 15.78 % × 1.5 × 365/360 is 23.9988 %.
    { rate: '0.1578', accrual: 'Actual360', isClipped: false, annual: 0.239_987_5 },
    { rate: '0.1579', accrual: 'Actual360', isClipped: true, annual: 0.24 },
    { rate: '0.16', accrual: 'Thirty360', isClipped: true, annual: 0.24 },
    { rate: '0.12', accrual: 'Thirty360', isClipped: false, annual: 0.1825 },
    { rate: '0', accrual: 'Thirty360', isClipped: false, annual: 0 },
    { rate: '0.2399', accrual: 'Thirty360', isClipped: true, annual: 0.24 },
  ] as const)(
    'of $rate by $accrual: $annual, clipped $isClipped',
    ({ rate, accrual, ...expected }) => {
      const { daily, annual, isClipped } = penaltyRate(rate, accrual, policy);
      expect(isClipped).toBe(expected.isClipped);
      expect(annual).toBeCloseTo(expected.annual, 12);
      expect((daily.numerator / daily.denominator) * 365).toBeCloseTo(expected.annual, 12);
    },
  );

  it.each([
    // 1.3 times: contract rates above 18.46 % are clipped.
    { rate: '0.1846', isClipped: false },
    { rate: '0.1847', isClipped: true },
  ])('with an uplift of 0.3 clips above 18.46 %: $rate', ({ rate, isClipped }) => {
    expect(penaltyRate(rate, 'Actual365', { ...policy, uplift: '0.3' }).isClipped).toBe(isClipped);
  });
});

describe('penalty on what is late', () => {
  const penalties = (given: Parameters<typeof accountOf>[0], on: string): number[] =>
    accountOf(given, on).rows.map((row) => row.due.Penalty);

  it.each([
    { on: '2026-02-10', first: 0 },
    { on: '2026-02-11', first: 50 },
    { on: '2026-02-12', first: 1_00 },
    { on: '2026-03-10', first: 14_00 },
    { on: '2026-03-11', first: 14_50 },
  ])('is 0.50 a day on 1,000 at 18 %: $first on $on', ({ on, first }) => {
    expect(penalties({}, on)[0]).toBe(first);
  });

  it('counts from the due day what was left open by then, whatever was paid before', () => {
    const events = [pay('2026-01-20', 530_00), pay('2026-02-01', 100_00)];
    expect(penalties({ events }, '2026-02-11')).toEqual([20, 0, 0]);
    expect(penalties({ events }, '2026-02-15')).toEqual([1_00, 0, 0]);
  });

  it('is charged on every installment that is late', () => {
    expect(penalties({}, '2026-03-12')).toEqual([15_00, 1_00, 0]);
  });

  it.each([
    { isCompound: false, fen: 5_00 },
    // On the 30 of interest too: 1,030 × 10 × 0.0005.
    { isCompound: true, fen: 5_15 },
  ])('bears on unpaid interest only when compound: $isCompound', ({ isCompound, fen }) => {
    expect(penalties({ policy: { penalty: { isCompound } } }, '2026-02-20')[0]).toBe(fen);
  });

  it('bears on what is still open of the principal', () => {
    // Five days on 1,000, then five on 530.
    const events = [pay('2026-02-15', 2_50 + 30_00 + 470_00)];
    expect(penalties({ events }, '2026-02-20')[0]).toBe(2_50 + 1_33);
  });

  it('stops when the principal is paid', () => {
    const events = [pay('2026-02-15', 1032_50)];
    expect(penalties({ events }, '2026-03-09')[0]).toBe(2_50);
  });

  it.each([
    // Clipped to 24 % over 365 days: 1,000 × 0.24 / 365 a day.
    { days: '2026-02-11', fen: 66 },
    { days: '2026-02-20', fen: 6_58 },
  ])('is clipped to the total cap on $days', ({ days, fen }) => {
    expect(penalties({ terms: { annualRate: '0.2' } }, days)[0]).toBe(fen);
  });

  it('rounds the running total, not every day', () => {
    // A third of a fen a day on 6.67 at 18 %/360.
    const given = { terms: { principalFen: 2001, installments: 3 } };
    expect(['2026-02-11', '2026-02-12', '2026-02-13'].map((on) => penalties(given, on)[0])).toEqual(
      [0, 1, 1],
    );
  });

  describe('with 3 days of grace', () => {
    const grace = { policy: { penalty: { graceDays: 3 } } };

    it.each([
      { on: '2026-02-12', first: 0 },
      { on: '2026-02-13', first: 0 },
      { on: '2026-02-14', first: 2_00 },
    ])('is $first on $on: from the first day once they are over', ({ on, first }) => {
      expect(penalties(grace, on)[0]).toBe(first);
    });

    it('never was late when paid within them', () => {
      const events = [pay('2026-02-13', 1030_00)];
      expect(penalties({ ...grace, events }, '2026-03-09')[0]).toBe(0);
    });
  });

  describe('over a statutory holiday (Civil Code art. 203, rules §11.11)', () => {
    // Due 17 February 2026 in the Spring Festival; banks open on the 24th.
    const terms = { disbursedOn: '2026-01-17' };

    it.each([
      { on: '2026-02-24', first: 0 },
      { on: '2026-02-25', first: 50 },
    ])('is $first on $on', ({ on, first }) => {
      expect(penalties({ terms }, on)[0]).toBe(first);
    });

    it('counts from the due date itself when the contract says so', () => {
      const policyOf = { penalty: { holidayRoll: 'None' } };
      expect(penalties({ terms, policy: policyOf }, '2026-02-24')[0]).toBe(3_50);
    });

    it('is nothing when paid on the day after the holiday', () => {
      const account = accountOf({ terms, events: [pay('2026-02-24', 1030_00)] }, '2026-02-24');
      expect(paidOf(account)).toEqual([
        ['2026-02-17 Interest 3000', '2026-02-17 Principal 100000'],
      ]);
    });
  });
});
