import { describe, expect, it } from 'vitest';
import { costOf, costOnDefault, type LoanCost } from '../../../domain/lending/cost.ts';
import { capInForce, judgeCost } from '../../../domain/lending/judge-cost.ts';
import { effectiveRateByDate, ratePerPeriod } from '../../../domain/lending/rate-of-return.ts';
import { buildSchedule } from '../../../domain/lending/schedule.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';

const base = {
  principalFen: 10_000_00,
  annualRate: '0.12',
  disbursedOn: '2026-01-01',
  installments: 12,
  method: 'EqualInstallment',
};
const price = (terms: Record<string, unknown>): LoanCost => {
  const parsed = parseTerms({ ...base, ...terms });
  return costOf(parsed, buildSchedule(parsed));
};
const cap = { annual: '0.24', effectiveFrom: '2025-10-01' };
const fee = (timing: string, amountFen: number, payeeRole = 'Guarantor') => ({
  code: `${timing}Fee`,
  payeeRole,
  timing,
  amountFen,
});

describe('costOf, the traps of annualising (rules §2.3)', () => {
  it('§11.2: sees that 24 % by actual/360 costs 24.33 % and refuses it', () => {
    const terms = parseTerms({
      ...base,
      annualRate: '0.24',
      method: 'InterestOnly',
      accrual: 'Actual360',
    });
    const schedule = buildSchedule(terms);
    expect(schedule.rows.reduce((sum, row) => sum + row.interestFen, 0)).toBe(2433_36);
    const cost = costOf(terms, schedule);
    expect(cost.apr.nominal).toBeCloseTo(0.24334, 4);
    expect(judgeCost(cost, cap).isAllowed).toBe(false);
    // The same flows with the days forgotten.
    const perPeriod = ratePerPeriod(
      terms.principalFen,
      schedule.rows.map((row) => row.totalFen),
    );
    expect(12 * perPeriod).toBeCloseTo(0.2432, 4);
  });

  it.each([
    { disbursedOn: '2026-01-01', why: 'an ordinary year' },
    { disbursedOn: '2024-01-01', why: 'a leap year' },
  ])('§11.2: lets 23.67 % by actual/360 pass in $why', ({ disbursedOn }) => {
    const cost = price({
      annualRate: '0.2367',
      method: 'InterestOnly',
      accrual: 'Actual360',
      disbursedOn,
    });
    expect(cost.apr.nominal).toBeGreaterThan(0.2399);
    expect(judgeCost(cost, cap).isAllowed).toBe(true);
  });

  it.each([
    { days: 31, installments: 1, unit: 'Month' },
    { days: 28, installments: 28, unit: 'Day' },
  ])(
    '§11.2: takes the simple form for one repayment after $days days',
    ({ installments, unit }) => {
      const cost = price({
        principalFen: 10_000_000_00,
        annualRate: '0.2367',
        method: 'Bullet',
        accrual: 'Actual360',
        installments,
        unit,
      });
      expect(cost.apr.nominal).toBeCloseTo(0.239988, 5);
      expect(judgeCost(cost, cap).isAllowed).toBe(true);
    },
  );

  it.each([
    { annualRate: '0.18', accrual: 'Actual360' },
    { annualRate: '0.1825', accrual: 'Actual365' },
  ])(
    'knows 0.05 % a day as $annualRate by $accrual in a contract, and as 18.25 % in a year of days',
    (contract) => {
      const cost = price({
        ...contract,
        method: 'Bullet',
        unit: 'Day',
        every: 30,
        installments: 1,
      });
      expect(cost.items[0]?.totalFen).toBe(150_00);
      expect(cost.apr.nominal).toBeCloseTo(0.1825, 12);
    },
  );

  it('tells 24 % nominal from 26.82 % effective and lets 24 % nominal pass', () => {
    const cost = price({ annualRate: '0.24' });
    expect(cost.apr.nominal).toBeCloseTo(0.24, 5);
    expect(cost.apr.effective).toBeCloseTo(0.26824, 4);
    expect(judgeCost(cost, cap).isAllowed).toBe(true);
  });

  it('shows flat 1 % a month as 21.46 % nominal, 23.70 % effective', () => {
    const cost = price({ method: 'FlatRate', principalFen: 12_000_00 });
    expect(cost.apr.nominal).toBeCloseTo(0.214572, 6);
    expect(cost.apr.effective).toBeCloseTo(0.237, 4);
  });

  it('annualises item by item and together, and holds the larger against the cap', () => {
    const cost = price({
      annualRate: '0.09',
      fees: [fee('EachInstallment', 50_00), fee('UpFront', 300_00)],
    });
    expect(cost.items.map((item) => item.annualised.toFixed(4))).toEqual([
      '0.0900',
      '0.1075',
      '0.0558',
    ]);
    expect(cost.items.map((item) => item.totalFen)).toEqual([494_18, 600_00, 300_00]);
    expect(cost.itemised).toBeCloseTo(0.2534, 4);
    expect(cost.combined).toBeCloseTo(0.2555, 4);
    const judgement = judgeCost(cost, { ...cap, annual: '0.2545' });
    expect(judgement.largest).toBe(cost.combined);
    expect(judgement.isAllowed).toBe(false);
    expect(judgeCost(cost, { ...cap, annual: '0.2556' }).isAllowed).toBe(true);
  });

  it('holds the itemised cost against the cap when that is the larger', () => {
    const cost = price({ fees: [fee('EachInstallment', 50_00)] });
    expect(cost.itemised).toBeGreaterThan(cost.combined);
    expect(judgeCost(cost, cap).largest).toBe(cost.itemised);
  });

  it('matches the published all-in costs of an up-front fee and of none', () => {
    expect(price({ fees: [fee('UpFront', 300_00)] }).combined).toBeCloseTo(0.17824917, 5);
    expect(price({ annualRate: '0.24' }).combined).toBeCloseTo(0.24, 5);
  });

  it('§2.1 example 1: takes the yearly root for one repayment after years: 110,000 for 100,000 after two is 4.88 %', () => {
    const cost = price({
      principalFen: 100_000_00,
      annualRate: '0.05',
      method: 'Bullet',
      installments: 24,
    });
    expect(cost.apr.nominal).toBeCloseTo(0.048809, 6);
    expect(cost.apr.effective).toBe(cost.apr.nominal);
  });

  it.each([
    // A year and a half is 546 days of 365.
    { installments: 18, rate: 1.18 ** (365 / 546) - 1 },
    { installments: 12, rate: 0.12 },
    { installments: 11, rate: (0.11 * 365) / 334 },
  ])('annualises a bullet of $installments months', ({ installments, rate }) => {
    expect(price({ method: 'Bullet', installments }).apr.nominal).toBeCloseTo(rate, 8);
  });
});

describe('costOf', () => {
  it('counts every period alike under 30/360, however long the months are', () => {
    const cost = price({
      every: 3,
      installments: 4,
      method: 'InterestOnly',
      disbursedOn: '2026-01-31',
    });
    expect(cost.apr.nominal).toBeCloseTo(0.12, 10);
    expect(cost.apr.effective).toBeCloseTo(1.03 ** 4 - 1, 10);
  });

  it('goes by the dates when the first period is longer', () => {
    const regular = price({});
    const longer = price({ firstDueOn: '2026-02-20' });
    expect(longer.apr.effective).not.toBeCloseTo(regular.apr.effective, 4);
    expect(longer.apr.nominal).toBeCloseTo(0.12, 2);
  });

  it('puts fees where they fall: at the start, the first, the last or every installment', () => {
    const costs = ['UpFront', 'WithFirst', 'WithLast'].map(
      (timing) => price({ fees: [fee(timing, 100_00)] }).combined,
    );
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
    expect(new Set(costs).size).toBe(3);
  });

  it('leaves fees of a default out of normal performance', () => {
    const cost = price({ fees: [fee('OnDefault', 100_00)] });
    expect(cost.combined).toBe(cost.apr.nominal);
    expect(cost.items).toHaveLength(1);
  });

  it('counts a fee of a bullet loan once, for its one installment', () => {
    const cost = price({ method: 'Bullet', fees: [fee('EachInstallment', 100_00)] });
    expect(cost.items[1]?.totalFen).toBe(100_00);
  });

  it('takes a down payment off what was lent', () => {
    const cost = price({ downPaymentFen: 2000_00, fees: [fee('EachInstallment', 10_00)] });
    expect(cost.apr.nominal).toBeCloseTo(0.12, 4);
    expect(cost.items[1]?.totalFen).toBe(120_00);
  });

  it('is nothing for a loan without interest and fees', () => {
    expect(price({ annualRate: '0' })).toMatchObject({
      apr: { nominal: 0, effective: 0 },
      itemised: 0,
      combined: 0,
    });
  });
});

describe('costOf, to the last digit', () => {
  const flowsOf = (terms: Record<string, unknown>): number[] =>
    buildSchedule(parseTerms({ ...base, ...terms })).rows.map(
      (row) => row.principalFen + row.interestFen,
    );

  it('names interest as an item of the lender', () => {
    expect(price({}).items).toEqual([
      {
        code: 'Interest',
        payeeRole: 'Lender',
        totalFen: 661_86,
        annualised: price({}).apr.nominal,
      },
    ]);
  });

  it.each([
    { timing: 'WithFirst', basis: 10_000_00, first: 100_00, each: 0, last: 0 },
    { timing: 'WithLast', basis: 10_000_00, first: 0, each: 0, last: 100_00 },
    { timing: 'EachInstallment', basis: 10_000_00, first: 0, each: 100_00, last: 0 },
    { timing: 'UpFront', basis: 9_900_00, first: 0, each: 0, last: 0 },
  ])('counts a fee $timing where it falls', ({ timing, basis, first, each, last }) => {
    const flows = flowsOf({}).map((amount, index) => {
      const atEnds = (index === 0 ? first : 0) + (index === 11 ? last : 0);
      return amount + each + atEnds;
    });
    const cost = price({ fees: [fee(timing, 100_00)] });
    expect(cost.combined).toBeCloseTo(12 * ratePerPeriod(basis, flows), 12);
  });

  it('counts all timings of one loan of one installment together', () => {
    const fees = ['WithFirst', 'WithLast', 'EachInstallment'].map((timing) => fee(timing, 100_00));
    const cost = price({ installments: 1, fees });
    // 31 days: principal, a month of interest, three fees.
    expect(cost.combined).toBeCloseTo((0.04 * 365) / 31, 12);
  });

  it('takes half a fen off payments only: an installment of nothing stays nothing', () => {
    // Eleven of nothing, then all of it.
    const { rounding } = price({ method: 'InterestOnly', annualRate: '0' });
    expect(rounding).toBeCloseTo(-12 * ((999_999.5 / 1_000_000) ** (1 / 12) - 1), 12);
  });

  it.each([
    // 2024 has 366 days: twelve months are a year however long it is.
    { disbursedOn: '2024-01-01', installments: 12, rate: 0.12 },
    { disbursedOn: '2023-06-01', installments: 24, rate: 1.24 ** 0.5 - 1 },
    { disbursedOn: '2024-02-29', installments: 48, rate: 1.48 ** 0.25 - 1 },
    { disbursedOn: '2297-12-31', installments: 24, rate: 1.24 ** 0.5 - 1 },
    { disbursedOn: '2298-06-30', installments: 18, rate: 1.18 ** (365 / 548) - 1 },
    { disbursedOn: '2025-03-01', installments: 30, rate: 1.3 ** (365 / 914) - 1 },
  ])('annualises a bullet of $installments months from $disbursedOn', ({ rate, ...terms }) => {
    const { apr } = price({ method: 'Bullet', ...terms });
    expect(apr.nominal).toBeCloseTo(rate, 12);
    expect(apr.effective).toBeCloseTo(rate, 12);
  });

  it.each([
    // The night before the year is full; in the last year of the calendar.
    { disbursedOn: '2026-01-31', firstDueOn: '2027-01-30', days: 364 },
    { disbursedOn: '2299-06-01', firstDueOn: '2299-07-01', days: 30 },
  ])('takes simple interest over the days to $firstDueOn', ({ days, ...dates }) => {
    const terms = { ...base, method: 'Bullet', installments: 1, ...dates };
    const [row] = buildSchedule(parseTerms(terms)).rows;
    const gain = (row?.interestFen ?? 0) / 10_000_00;
    expect(gain).toBeGreaterThan(0);
    expect(price(terms).apr.nominal).toBeCloseTo((gain * 365) / days, 12);
  });

  it('counts days where the month is the same and the day is not', () => {
    const terms = { ...base, method: 'Bullet', installments: 1, firstDueOn: '2028-01-15' };
    const [row] = buildSchedule(parseTerms(terms)).rows;
    const gain = (row?.interestFen ?? 0) / 10_000_00;
    expect(price(terms).apr.nominal).toBeCloseTo((1 + gain) ** (365 / 744) - 1, 12);
  });

  it('compounds the one repayment of a short loan for the effective rate', () => {
    const { apr } = price({ method: 'Bullet', installments: 1 });
    expect(apr.effective).toBeCloseTo(1.01 ** (365 / 31) - 1, 12);
    expect(apr.nominal).toBeCloseTo((0.01 * 365) / 31, 12);
  });
});

describe('costOnDefault', () => {
  it('is the rate by date of every installment so late, its penalty, and the fees once', () => {
    const terms = parseTerms({ ...base, installments: 2, fees: [fee('OnDefault', 50_00)] });
    const schedule = buildSchedule(terms);
    const cost = costOnDefault(terms, schedule, {
      daysLate: 10,
      penaltyDaily: { numerator: 1, denominator: 2000 },
    });
    const [first, last] = schedule.rows.map(
      (row) => row.totalFen + Math.round(row.principalFen / 200),
    );
    // 31 and 59 days after the first of January, and ten more.
    const expected = effectiveRateByDate(10_000_00, [
      { days: 41, amount: (first ?? 0) + 50_00 },
      { days: 69, amount: last ?? 0 },
    ]);
    expect(cost.effective).toBeCloseTo(expected, 12);
    expect(cost.nominal).toBeCloseTo(12 * ((1 + expected) ** (1 / 12) - 1), 12);
  });

  const late = (daysLate: number, fees: object[] = []): number => {
    const terms = parseTerms({ ...base, fees });
    return costOnDefault(terms, buildSchedule(terms), {
      daysLate,
      penaltyDaily: { numerator: 18, denominator: 36_000 },
    }).effective;
  };

  it('is the cost by dates when nothing is late', () => {
    expect(late(0)).toBeCloseTo(0.1268, 2);
  });

  it('rises with the fees of a default', () => {
    expect(late(30, [fee('OnDefault', 50_00)])).toBeGreaterThan(late(30));
  });

  it('adds the penalty to a month that bore no interest', () => {
    // The penalty rate is above the contract rate, so being late costs more a year than paying in time.
    expect(late(30)).toBeGreaterThan(late(0));
  });
});

describe('judgeCost', () => {
  it('refuses whatever the platform charges the borrower, however cheap', () => {
    const cost = price({ annualRate: '0.03', fees: [fee('UpFront', 1, 'Platform')] });
    const judgement = judgeCost(cost, cap);
    expect(judgement.isAllowed).toBe(false);
    expect(judgement.forbidden.map((item) => item.code)).toEqual(['UpFrontFee']);
  });

  it('allows the rate of the cap although its installments are whole fen', () => {
    const cost = price({ principalFen: 1000_00, annualRate: '0.24', installments: 3 });
    expect(cost.combined).toBeGreaterThan(0.24);
    expect(judgeCost(cost, cap).isAllowed).toBe(true);
    expect(judgeCost(price({ annualRate: '0.2402' }), cap).isAllowed).toBe(false);
  });
});

describe('judgeCost, at the edges', () => {
  const flat = { ...price({}), items: [], rounding: 0 };

  it.each([
    { itemised: 0.24, combined: 0.24, isAllowed: true },
    { itemised: 0.240_000_1, combined: 0.24, isAllowed: false },
    { itemised: 0.24, combined: 0.240_000_1, isAllowed: false },
  ])('says $isAllowed to $itemised and $combined', ({ isAllowed, ...costs }) => {
    expect(judgeCost({ ...flat, ...costs }, cap).isAllowed).toBe(isAllowed);
  });

  it('lets the platform name a fee of nothing', () => {
    const cost = price({ annualRate: '0.03', fees: [fee('UpFront', 0, 'Platform')] });
    expect(judgeCost(cost, cap)).toMatchObject({ isAllowed: true, forbidden: [] });
  });
});

describe('capInForce', () => {
  const caps = [
    { annual: '0.36', effectiveFrom: '2020-01-01', effectiveTo: '2025-09-30' },
    { annual: '0.24', effectiveFrom: '2025-10-01' },
  ];

  it.each([
    { date: '2025-09-30', annual: '0.36' },
    { date: '2025-10-01', annual: '0.24' },
    { date: '2020-01-01', annual: '0.36' },
  ])('is $annual on $date', ({ date, annual }) => {
    expect(capInForce(caps, date).annual).toBe(annual);
  });

  it('does not know a cap before the first', () => {
    expect(() => capInForce(caps, '2019-12-31')).toThrow('no cost cap is in force on 2019-12-31');
  });
});
