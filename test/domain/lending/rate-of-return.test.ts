import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cubicStep,
  effectiveRateByDate,
  guessRate,
  internalRate,
  internalRateByDate,
  ratePerPeriod,
  sumFrom,
  wholePower,
  worthOf,
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
    // Exactly where a step of the search ends.
    { flows: [Math.exp(-0.01), -1], rate: Math.expm1(0.01) },
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

describe('ratePerPeriod, where the steps would wander off', () => {
  it.each([
    // A first fen against all the money at the end: no level payments come near it.
    { basis: 1, count: 12, last: 1_200_000, rate: 1_200_000 ** (1 / 12) - 1 },
    { basis: 1, count: 600, last: 10_000_000_000_000, rate: 1e13 ** (1 / 600) - 1 },
    // Most of it is lost: below zero.
    { basis: 100, count: 50, last: 0.001, rate: 0.00001 ** (1 / 50) - 1 },
    { basis: 1_000_000, count: 30, last: 1, rate: 0.000001 ** (1 / 30) - 1 },
  ])('finds $rate of $last for $basis after $count periods', ({ basis, count, last, rate }) => {
    const payments = [...Array.from({ length: count - 1 }, () => 0), last];
    expect(ratePerPeriod(basis, payments)).toBeCloseTo(rate, 12);
  });

  it('finds the rate of one payment however large', () => {
    expect(ratePerPeriod(1, [10_000_000_000_000])).toBeCloseTo(10_000_000_000_000 - 1, 2);
  });
});

describe('worthOf', () => {
  const cases = [0, 1, 2, 3, 4, 5, 6].flatMap((count) =>
    [0, 1, 2].flatMap((start) => [0.5, 0.97, 1.2].map((x) => ({ count, start, x }))),
  );

  it.each(cases)('discounts $count payments from place $start by $x', ({ count, start, x }) => {
    const payments = [...Array.from({ length: start }, () => 999), 7, 11, 13, 17, 19, 23];
    const used = payments.slice(0, start + count);
    const sum = (term: (payment: number, k: number) => number): number =>
      used.slice(start).reduce((total, payment, index) => total + term(payment, index + 1), 0);
    const { value, slope, curve } = worthOf(used, start, x);
    expect(value).toBeCloseTo(
      sum((payment, k) => payment * x ** k),
      9,
    );
    expect(slope).toBeCloseTo(
      sum((payment, k) => payment * k * x ** (k - 1)),
      9,
    );
    expect(curve).toBeCloseTo(
      sum((payment, k) => payment * k * (k - 1) * x ** (k - 2)),
      8,
    );
  });
});

describe('guessRate, of level payments', () => {
  const level = (n: number, rate: number, start = 0) => {
    const payments = Array.from({ length: n + start }, () => 1000);
    const worth = payments
      .slice(start)
      .reduce((sum, one, k) => sum + one / (1 + rate) ** (k + 1), 0);
    return { basis: worth, payments, start, total: 1000 * n };
  };

  it.each([
    { n: 1, rate: 0.01, off: 1e-12 },
    { n: 1, rate: 0.5, off: 1e-12 },
    { n: 2, rate: 0.1, off: 5e-12 },
    { n: 12, rate: 0.01, off: 2e-14 },
    { n: 12, rate: 0.05, off: 3e-8 },
    { n: 36, rate: 0.008, off: 2e-11 },
    { n: 36, rate: 0.02, off: 4e-8 },
    { n: 360, rate: 0.003, off: 2e-7 },
    // The expansion alone.
    { n: 12, rate: 0.00005, off: 2e-12 },
    { n: 12, rate: 0.00009, off: 6e-12 },
    { n: 12, rate: 0.0002, off: 1e-13 },
    { n: 7, rate: 0, off: 1e-15 },
  ])('is off by less than $off for $n at $rate', ({ n, rate, off }) => {
    expect(Math.abs(guessRate(level(n, rate)) - rate)).toBeLessThan(off);
    expect(Math.abs(guessRate(level(n, rate, 1)) - rate)).toBeLessThan(off);
  });

  it.each([
    // Where the expansion fails: what is gained or lost, spread over the periods.
    { basis: 1000, total: 500, n: 4, rate: -0.125 },
    { basis: 1, total: 1001, n: 10, rate: 100 },
  ])('is $rate for $total against $basis in $n', ({ basis, total, n, rate }) => {
    const payments = Array.from({ length: n }, () => total / n);
    expect(guessRate({ basis, payments, start: 0, total })).toBeCloseTo(rate, 12);
  });
});

describe('sumFrom', () => {
  it.each([
    { amounts: [1, 2, 4], start: 0, sum: 7 },
    { amounts: [1, 2, 4], start: 1, sum: 6 },
    { amounts: [1, 2, 4, 8], start: 1, sum: 14 },
    { amounts: [0, 0], start: 0, sum: 0 },
    { amounts: [], start: 0, sum: 0 },
    { amounts: [-1, 2, 4], start: 1, sum: 6 },
    { amounts: [1, -2, 4], start: 0, sum: Number.NaN },
    { amounts: [-1, 2, 4], start: 0, sum: Number.NaN },
    { amounts: [1, 2, -4], start: 0, sum: Number.NaN },
  ])('of $amounts from $start is $sum', ({ amounts, start, sum }) => {
    expect(sumFrom(amounts, start)).toBe(sum);
  });
});

describe('cubicStep', () => {
  it.each([
    // bend = value·curve / (2·slope²): below a half the step is longer by it.
    { value: 2, slope: 2, curve: 0, step: 1 },
    { value: 2, slope: 2, curve: 1, step: 1.25 },
    { value: 2, slope: 2, curve: -1, step: 0.75 },
    { value: 2, slope: 2, curve: 2, step: 1 },
    { value: 2, slope: 2, curve: -4, step: 1 },
    { value: -2, slope: 4, curve: 0.5, step: -0.484375 },
  ])('is $step for $value, $slope and $curve', ({ step, ...jet }) => {
    expect(cubicStep(jet)).toBe(step);
  });
});

describe('rates beyond the search for a root', () => {
  const YEAR = 365;

  it('are found when money goes out once and then only comes in', () => {
    expect(internalRate([-1, 0, 10_000])).toBeCloseTo(99, 9);
    expect(internalRate([-1, 100])).toBeCloseTo(99, 9);
    expect(internalRate([-100, 0, 0, 0, 1])).toBeCloseTo(0.01 ** 0.25 - 1, 12);
    expect(internalRateByDate([dated(0, -1), dated(YEAR, 0), dated(2 * YEAR, 10_000)])).toBeCloseTo(
      99,
      9,
    );
  });

  it('are not when the flows are of another kind', () => {
    expect(internalRate([1, -100])).toBeUndefined();
    expect(internalRateByDate([dated(0, 1), dated(YEAR, -100)])).toBeUndefined();
    expect(internalRateByDate([dated(0, -1), dated(YEAR, -1), dated(YEAR, 100)])).toBeUndefined();
    expect(internalRateByDate([dated(0, 0), dated(YEAR, 5)])).toBeUndefined();
  });

  it('count the days between the flows, not from day zero', () => {
    expect(internalRateByDate([dated(YEAR, -100), dated(2 * YEAR, 110)])).toBeCloseTo(0.1, 12);
  });

  it('take the nearer of two roots on both sides of zero', () => {
    // Worth nothing at 1/(1+r) = x for x of 1.002 and 0.995, then the other way round.
    const roots = (a: number, b: number): number[] => [-a * b, a + b, -1].map((flow) => flow * 1e6);
    const mirrored = (flows: number[]): number[] => flows.map((flow) => -flow);
    expect(internalRate(roots(1.002, 0.995))).toBeCloseTo(1 / 1.002 - 1, 9);
    expect(internalRate(roots(0.998, 1.005))).toBeCloseTo(1 / 0.998 - 1, 9);
    expect(internalRate(mirrored(roots(1.002, 0.995)))).toBeCloseTo(1 / 1.002 - 1, 9);
  });

  it('are found below zero as far as above', () => {
    // Given first, then taken: the search, whose roots lie in steps of 1 % as continuous rates.
    expect(internalRate([100, -60])).toBeCloseTo(-0.4, 12);
    expect(internalRate([100, -5400])).toBeCloseTo(53, 9);
    expect(internalRate([100, -100 * Math.exp(4.05)])).toBeUndefined();
    expect(internalRate([100, -100 * Math.exp(-4.05)])).toBeUndefined();
  });

  function dated(days: number, amount: number) {
    return { days, amount };
  }
});

describe('effectiveRateByDate', () => {
  it.each([
    { basis: 100, payments: [{ days: 1, amount: 200 }], continuous: 365 * Math.LN2 },
    { basis: 100, payments: [{ days: 730, amount: 25 }], continuous: Math.log(0.25) / 2 },
    {
      basis: 1,
      payments: [
        { days: 1, amount: 0 },
        { days: 36_500, amount: 10_000_000_000_000 },
      ],
      continuous: Math.log(1e13) / 100,
    },
  ])('is $continuous a year, compounded without pause', ({ basis, payments, continuous }) => {
    expect(Math.log1p(effectiveRateByDate(basis, payments)) / continuous).toBeCloseTo(1, 12);
  });
});

describe('the work it takes', () => {
  /** How often the elements of a list are read. */
  const readsOf = <Item>(items: readonly Item[], solve: (counted: readonly Item[]) => unknown) => {
    let reads = 0;
    const counted = new Proxy(items, {
      get(target, key, receiver): unknown {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
        return Reflect.get(target, key, receiver);
      },
    });
    solve(counted);
    return reads;
  };
  const level = Array.from({ length: 12 }, () => 8885);

  it('is one reading for the total and one step for level payments', () => {
    expect(readsOf(level, (payments) => ratePerPeriod(100_000, payments))).toBe(24);
    expect(readsOf(level, (payments) => ratePerPeriod(106_619.5, payments))).toBe(24);
  });

  it('is a step more for a rate far from nothing', () => {
    expect(readsOf(level, (payments) => ratePerPeriod(40_000, payments))).toBe(36);
  });

  it('is the same in a list that begins with what was paid out', () => {
    // The first is read once to be told from the others.
    expect(readsOf([-100_000, ...level], internalRate)).toBe(25);
  });

  it('is a few steps for payments by date', () => {
    const dated = level.map((amount, index) => ({ days: 30 * (index + 1), amount }));
    expect(readsOf(dated, (payments) => effectiveRateByDate(100_000, payments))).toBe(36);
  });
});
