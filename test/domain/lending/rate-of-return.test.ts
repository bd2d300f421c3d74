import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  effectiveRateByDate,
  internalRate,
  internalRateByDate,
  ratePerPeriod,
  wholePower,
} from '../../../domain/lending/rate-of-return.ts';
import { levelInstallment } from '../../../domain/lending/level-installment.ts';
import { daysBetween } from '../../../domain/shared/calendar.ts';
import { fenOf, readVectors } from './published-terms.ts';

type RateCase = {
  id: string;
  fn: string;
  rate?: string;
  nper?: number;
  pv?: string;
  values?: number[];
  dates?: string[];
  expected?: string | number | null;
};
const published = readVectors<RateCase>('annuity-irr-apr');
const byFunction = (name: string): RateCase[] => published.filter((one) => one.fn === name);

/** Published figures that are not ours to compute, and why. */
const inexpressible: Record<string, string> = {
  ipmt: 'interest and principal part of an unrounded annuity; ours are whole fen, and the schedule tests cover them',
  ppmt: 'interest and principal part of an unrounded annuity; ours are whole fen, and the schedule tests cover them',
  pv: 'no term asks for the present value of a given payment',
  nper: 'no term asks for the number of payments',
  apr_actuarial:
    'Regulation Z counts odd first periods by unit periods with simple interest; we go by dates',
  all_in_cost: 'in cost.test.ts',
};

describe('published rates and payments', () => {
  it('are all used or have a reason', () => {
    const used = ['pmt', 'irr', 'xirr', ...Object.keys(inexpressible)];
    expect(published.filter((one) => !used.includes(one.fn))).toEqual([]);
  });

  it.each(byFunction('pmt'))(
    'give the payment of $id to the fen',
    ({ rate = '', nper = 0, pv = '', expected }) => {
      const [numerator = '', perYear = '1'] = rate.split('/');
      const scale = 10 ** (numerator.split('.')[1]?.length ?? 0);
      const even = {
        numerator: Math.round(Number(numerator) * scale),
        denominator: scale * Number(perYear),
      };
      const payment = levelInstallment(
        fenOf(Number(pv)),
        { length: nper, even, list: [] },
        { mode: 'HalfUp', multipleFen: 1 },
      );
      expect(payment).toBe(fenOf(-Number(expected)));
    },
  );

  it.each(byFunction('irr'))('give the rate of return of $id', ({ values = [], expected }) => {
    const rate = internalRate(values);
    if (expected === null) expect(rate).toBeUndefined();
    else expect(rate).toBeCloseTo(Number(expected), 4);
  });

  it.each(byFunction('xirr'))(
    'give the dated rate of $id',
    ({ values = [], dates = [], expected }) => {
      const flows = values.map((amount, index) => ({
        days: daysBetween(dates[0] ?? '', dates[index] ?? ''),
        amount,
      }));
      expect(internalRateByDate(flows)).toBeCloseTo(Number(expected), 12);
    },
  );

  it('give the dated rate a spreadsheet cuts short at 0.373362535', () => {
    const dates = ['2008-01-01', '2008-03-01', '2008-10-30', '2009-02-15', '2009-04-01'];
    const values = [-10_000, 2750, 4250, 3250, 2750];
    const flows = values.map((amount, index) => ({
      days: daysBetween('2008-01-01', dates[index] ?? ''),
      amount,
    }));
    expect(internalRateByDate(flows)).toBeCloseTo(0.3733625335, 10);
  });

  it('give the rate of level payments beyond the published digits', () => {
    const exact = 0.110690853710752806;
    expect(
      ratePerPeriod(
        10_000,
        Array.from({ length: 12 }, () => 1545.97),
      ),
    ).toBeGreaterThan(0);
    expect(internalRate([-3500, ...Array.from({ length: 9 }, () => 0), 10_000])).toBeCloseTo(
      (10_000 / 3500) ** 0.1 - 1,
      12,
    );
    expect(exact).toBeCloseTo((10_000 / 3500) ** 0.1 - 1, 12);
  });
});

describe('internalRate', () => {
  it.each([
    { flows: [-100, 110], rate: 0.1 },
    { flows: [-100, 100], rate: 0 },
    { flows: [-100, 50], rate: -0.5 },
    { flows: [-100, 0, 0, 50], rate: 0.5 ** (1 / 3) - 1 },
    { flows: [100, -110], rate: 0.1 },
    // Roots at 10 % and 20 %: the one nearer zero.
    { flows: [-100, 230, -132], rate: 0.1 },
    { flows: [-1, 0.5, 0.5, 0.000001], rate: 2e-6 / 3 },
    { flows: [-1, 20], rate: 19 },
  ])('of $flows is $rate', ({ flows, rate }) => {
    expect(internalRate(flows)).toBeCloseTo(rate, 10);
  });

  it.each([[[1, 2, 3]], [[-1, -2]], [[]], [[-5]], [[0, 0]]])('does not exist for %o', (flows) => {
    const rate = internalRate(flows);
    if (flows.every((flow) => flow === 0)) expect(rate).toBe(0);
    else expect(rate).toBeUndefined();
  });

  it('is right to 1e-12 for any loan, against bisection', () => {
    const payments = fc.array(fc.integer({ min: 0, max: 1_000_000 }), {
      minLength: 2,
      maxLength: 60,
    });
    fc.assert(
      fc.property(payments, fc.double({ min: 0.5, max: 1, noNaN: true }), (paid, share) => {
        const total = paid.reduce((sum, payment) => sum + payment, 0);
        fc.pre(total > 1000);
        const basis = Math.max(1, Math.floor(total * share));
        let low = -0.2;
        let high = 40;
        for (let step = 0; step < 200; step++) {
          const middle = (low + high) / 2;
          const x = 1 / (1 + middle);
          if (paid.reduceRight((worth, payment) => (worth + payment) * x, 0) > basis) low = middle;
          else high = middle;
        }
        fc.pre(low < 39 && low > -0.19);
        expect(Math.abs(ratePerPeriod(basis, paid) - low)).toBeLessThan(1e-12 * Math.max(1, low));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('internalRateByDate', () => {
  it('doubles in a year at 100 %, and halves at -50 %', () => {
    const inOneYear = (amount: number) => [
      { days: 0, amount: -100 },
      { days: 365, amount },
    ];
    expect(internalRateByDate(inOneYear(200))).toBeCloseTo(1, 12);
    expect(internalRateByDate(inOneYear(50))).toBeCloseTo(-0.5, 12);
  });

  it('finds the root nearest zero of flows that change sign twice', () => {
    const flows = [
      { days: 0, amount: -100 },
      { days: 365, amount: 230 },
      { days: 730, amount: -132 },
    ];
    expect(internalRateByDate(flows)).toBeCloseTo(0.1, 10);
  });

  it.each([
    [[]],
    [[{ days: 0, amount: 5 }]],
    [
      [
        { days: 0, amount: -5 },
        { days: 9, amount: -1 },
      ],
    ],
  ])('does not exist for %o', (flows) => {
    expect(internalRateByDate(flows)).toBeUndefined();
  });

  it('agrees with the rate per period when the periods are years', () => {
    const years = [300, 300, 300, 300];
    const dated = years.map((amount, index) => ({ days: 365 * (index + 1), amount }));
    expect(effectiveRateByDate(1000, dated)).toBeCloseTo(ratePerPeriod(1000, years), 12);
  });
});

describe('wholePower', () => {
  it.each([
    { exponent: 0, power: 1 },
    { exponent: 1, power: 1.5 },
    { exponent: 6, power: 11.390625 },
  ])('raises 1.5 to the $exponent', ({ exponent, power }) => {
    expect(wholePower(1.5, exponent)).toBe(power);
  });
});
