import { describe, expect, it } from 'vitest';
import { dueDays } from '../../../domain/lending/due-days.ts';
import { planLoan } from '../../../domain/lending/loan-plan.ts';
import {
  periodFactors,
  periodYears,
  wholeTermFactor,
} from '../../../domain/lending/period-factors.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';

/** A rate of one makes the factors the shares of a year. */
const planOf = (terms: Record<string, unknown>) => {
  const plan = planLoan(
    parseTerms({
      principalFen: 1000,
      annualRate: '1',
      disbursedOn: '2026-01-15',
      installments: 3,
      method: 'InterestOnly',
      ...terms,
    }),
  );
  return { plan, due: dueDays(plan) };
};
const sharesOf = (terms: Record<string, unknown>): string[] => {
  const { plan, due } = planOf(terms);
  return periodYears(plan, due).map(
    ({ numerator, denominator }) => `${String(numerator)}/${String(denominator)}`,
  );
};

const cases = [
  { terms: {}, shares: ['1/12', '1/12', '1/12'], whole: 3 / 12 },
  { terms: { every: 2 }, shares: ['1/6', '1/6', '1/6'], whole: 6 / 12 },
  { terms: { unit: 'Week', every: 2 }, shares: ['7/180', '7/180', '7/180'], whole: 42 / 360 },
  { terms: { unit: 'Day', every: 15 }, shares: ['1/24', '1/24', '1/24'], whole: 45 / 360 },
  // Two whole months first.
  { terms: { firstDueOn: '2026-03-15' }, shares: ['1/6', '1/12', '1/12'], whole: 4 / 12 },
  // A month and 14 of the 28 days to 15 March.
  { terms: { firstDueOn: '2026-03-01' }, shares: ['1/8', '1/12', '1/12'], whole: 3.5 / 12 },
  {
    terms: { unit: 'Week', firstDueOn: '2026-01-25' },
    shares: ['1/36', '7/360', '7/360'],
    whole: 24 / 360,
  },
  {
    terms: { unit: 'Day', every: 10, firstDueOn: '2026-01-20' },
    shares: ['1/72', '1/36', '1/36'],
    whole: 25 / 360,
  },
  { terms: { accrual: 'Actual360' }, shares: ['31/360', '7/90', '31/360'], whole: 90 / 360 },
  { terms: { accrual: 'Actual365' }, shares: ['31/365', '28/365', '31/365'], whole: 90 / 365 },
  { terms: { accrual: 'ActualActual' }, shares: ['31/365', '28/365', '31/365'], whole: 90 / 365 },
  // 16 nights of 2027 and 15 of the leap year 2028; a leap year alone; it and the year after.
  {
    terms: { accrual: 'ActualActual', disbursedOn: '2027-12-15', installments: 1 },
    shares: [`${String(16 * 366 + 15 * 365)}/${String(365 * 366)}`],
    whole: 16 / 365 + 15 / 366,
  },
  {
    terms: { accrual: 'ActualActual', disbursedOn: '2028-01-31', installments: 2 },
    shares: ['29/366', '31/366'],
    whole: 60 / 366,
  },
  {
    terms: { accrual: 'ActualActual', disbursedOn: '2028-12-01', installments: 1, every: 14 },
    shares: [`${String(30 * 365 + 397 * 366)}/${String(365 * 366)}`],
    whole: 30 / 366 + 397 / 365,
  },
  { terms: { holidayRoll: 'NextBusinessDay' }, shares: ['1/12', '1/12', '1/12'], whole: 3 / 12 },
];

/** The same share in lowest terms. */
const reduced = (share: string): string => {
  const [numerator = 0, denominator = 1] = share.split('/').map(Number);
  let [a, b] = [numerator, denominator];
  while (b > 0) [a, b] = [b, a % b];
  return `${String(numerator / a)}/${String(denominator / a)}`;
};

describe('periodYears', () => {
  it.each(cases)('of $terms are $shares', ({ terms, shares }) => {
    expect(sharesOf(terms)).toEqual(shares.map(reduced));
  });
});

describe('periodFactors', () => {
  it.each(cases)('of $terms are the shares times the rate', ({ terms, shares }) => {
    const { plan, due } = planOf({ annualRate: '0.12', ...terms });
    const { length, even, list } = periodFactors(plan, due);
    expect(length).toBe(shares.length);
    expect(even === undefined ? list.length : list.length + length).toBe(length);
    for (const [index, share] of shares.entries()) {
      const [numerator = 0, denominator = 1] = share.split('/').map(Number);
      const factor = even ?? list[index] ?? { numerator: -1, denominator: 1 };
      expect(factor.numerator / factor.denominator).toBeCloseTo(
        (0.12 * numerator) / denominator,
        15,
      );
    }
  });

  it.each([
    { terms: {}, isEven: true },
    { terms: { firstDueOn: '2026-02-15' }, isEven: true },
    { terms: { firstDueOn: '2026-03-15' }, isEven: false },
    { terms: { unit: 'Week' }, isEven: false },
    { terms: { accrual: 'Actual365' }, isEven: false },
  ])('are one factor for all of $terms: $isEven', ({ terms, isEven }) => {
    const { plan, due } = planOf(terms);
    expect(periodFactors(plan, due).even !== undefined).toBe(isEven);
  });
});

describe('wholeTermFactor', () => {
  it.each(cases)('of $terms is $whole', ({ terms, whole }) => {
    const { plan, due } = planOf(terms);
    const { numerator, denominator } = wholeTermFactor(plan, due);
    expect(numerator / denominator).toBeCloseTo(whole, 15);
  });
});
