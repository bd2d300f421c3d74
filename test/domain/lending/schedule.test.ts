import { describe, expect, it } from 'vitest';
import { dueDays } from '../../../domain/lending/due-days.ts';
import { planLoan } from '../../../domain/lending/loan-plan.ts';
import { periodFactors } from '../../../domain/lending/period-factors.ts';
import {
  buildSchedule,
  splitFinanced,
  splitKeepingLevel,
  type Financed,
  type Installments,
} from '../../../domain/lending/schedule.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';

type Given = Record<string, unknown>;

const base = {
  principalFen: 1000_00,
  annualRate: '0.12',
  disbursedOn: '2026-01-10',
  installments: 4,
  method: 'EqualPrincipal',
};
const build = (terms: Given = {}) => buildSchedule(parseTerms({ ...base, ...terms }));
const parts = ({ rows }: Installments): [number[], number[]] => [
  rows.map((row) => row.principalFen),
  rows.map((row) => row.interestFen),
];

describe('buildSchedule', () => {
  it.each([
    {
      method: 'EqualInstallment',
      principal: [24628, 24874, 25123, 25375],
      interest: [1000, 754, 505, 254],
      first: 25628,
    },
    {
      method: 'EqualPrincipal',
      principal: [25000, 25000, 25000, 25000],
      interest: [1000, 750, 500, 250],
      first: 26000,
    },
    {
      method: 'InterestOnly',
      principal: [0, 0, 0, 100_000],
      interest: [1000, 1000, 1000, 1000],
      first: 1000,
    },
    {
      method: 'FlatRate',
      principal: [25000, 25000, 25000, 25000],
      interest: [1000, 1000, 1000, 1000],
      first: 26000,
    },
    { method: 'Bullet', principal: [100_000], interest: [4000], first: 104_000 },
  ])('splits by $method', ({ method, principal, interest, first }) => {
    const schedule = build({ method });
    expect(parts(schedule)).toEqual([principal, interest]);
    expect(schedule.installmentFen).toBe(first);
  });

  it.each([
    // Two installments of interest only, then the rest over two.
    {
      method: 'EqualInstallment',
      principal: [0, 0, 49751, 50249],
      interest: [1000, 1000, 1000, 502],
      first: 50751,
    },
    {
      method: 'EqualPrincipal',
      principal: [0, 0, 50000, 50000],
      interest: [1000, 1000, 1000, 500],
      first: 51000,
    },
    {
      method: 'InterestOnly',
      principal: [0, 0, 0, 100_000],
      interest: [1000, 1000, 1000, 1000],
      first: 1000,
    },
    {
      method: 'FlatRate',
      principal: [0, 0, 50000, 50000],
      interest: [1000, 1000, 1000, 1000],
      first: 51000,
    },
  ])('leaves the principal of $method alone in grace', ({ method, principal, interest, first }) => {
    const schedule = build({ method, principalGraceInstallments: 2 });
    expect(parts(schedule)).toEqual([principal, interest]);
    expect(schedule.installmentFen).toBe(first);
  });

  it.each([
    // Uneven periods: the factors of grace do not count for the level.
    { method: 'EqualInstallment', principal: [0, 49738, 50262], interest: [986, 1019, 496] },
    { method: 'EqualPrincipal', principal: [0, 50000, 50000], interest: [986, 1019, 493] },
  ])('leaves it alone with uneven periods, $method', ({ method, principal, interest }) => {
    const uneven = { disbursedOn: '2026-04-30', installments: 3, accrual: 'Actual365' };
    const schedule = build({ method, principalGraceInstallments: 1, ...uneven });
    expect(parts(schedule)).toEqual([principal, interest]);
  });

  it.each([
    { method: 'EqualPrincipal', principal: [33300, 33300, 33400], first: 34300 },
    { method: 'EqualInstallment', principal: [33000, 33330, 33670], first: 34000 },
    { method: 'FlatRate', principal: [33300, 33300, 33400], first: 34300 },
  ])('rounds $method to whole yuan', ({ method, principal, first }) => {
    const schedule = build({ method, installments: 3, installmentMultipleFen: 100 });
    expect(parts(schedule)[0]).toEqual(principal);
    expect(schedule.installmentFen).toBe(first);
  });

  it.each([
    { method: 'EqualPrincipal', rounding: 'Up', multiple: 60_000, principal: [60_000, 40_000, 0] },
    {
      method: 'EqualInstallment',
      rounding: 'Up',
      multiple: 60_000,
      principal: [59_000, 41_000, 0],
    },
    { method: 'FlatRate', rounding: 'Up', multiple: 60_000, principal: [59_000, 41_000, 0] },
    { method: 'EqualPrincipal', rounding: 'Down', multiple: 60_000, principal: [0, 0, 100_000] },
    { method: 'EqualInstallment', rounding: 'Down', multiple: 60_000, principal: [0, 0, 100_000] },
    { method: 'FlatRate', rounding: 'Down', multiple: 60_000, principal: [0, 0, 100_000] },
  ])(
    'never repays less than nothing nor more than is owed: $method $rounding',
    ({ multiple, principal, ...terms }) => {
      const schedule = build({ installments: 3, installmentMultipleFen: multiple, ...terms });
      expect(parts(schedule)[0]).toEqual(principal);
    },
  );

  it.each([
    // Half a fen an installment or less is left to the last one.
    {
      principalFen: 1037,
      installments: 2,
      annualRate: '0.12',
      plain: [526, 526],
      smoothed: [526, 526],
    },
    {
      principalFen: 1148,
      installments: 2,
      annualRate: '0.075',
      plain: [579, 580],
      smoothed: [579, 580],
    },
    {
      principalFen: 1000,
      installments: 2,
      annualRate: '0.36',
      plain: [523, 522],
      smoothed: [523, 522],
    },
    // More is spread, up or down, when the last one then comes closer.
    {
      principalFen: 1222,
      installments: 3,
      annualRate: '0.075',
      plain: [412, 414],
      smoothed: [413, 412],
    },
    {
      principalFen: 1000,
      installments: 3,
      annualRate: '0.36',
      plain: [354, 352],
      smoothed: [353, 354],
    },
    // It would not come closer: as far above as it was below.
    {
      principalFen: 1037,
      installments: 3,
      annualRate: '0.12',
      plain: [353, 351],
      smoothed: [353, 351],
    },
    {
      principalFen: 1407,
      installments: 3,
      annualRate: '0.36',
      plain: [497, 499],
      smoothed: [497, 499],
    },
    // Over the installments that amortise.
    {
      principalFen: 1222,
      installments: 4,
      principalGraceInstallments: 1,
      annualRate: '0.075',
      plain: [412, 414],
      smoothed: [413, 412],
    },
    {
      principalFen: 1148,
      installments: 3,
      principalGraceInstallments: 1,
      annualRate: '0.075',
      plain: [579, 580],
      smoothed: [579, 580],
    },
  ])(
    'spreads the residue of $principalFen over $installments when that brings the last one closer',
    ({ plain, smoothed, ...terms }) => {
      const levels = ['LastInstallment', 'Smoothed'].map((residue) => {
        const { installmentFen, rows } = build({ method: 'EqualInstallment', residue, ...terms });
        return [installmentFen, rows.at(-1)?.totalFen];
      });
      expect(levels).toEqual([plain, smoothed]);
    },
  );

  it.each([
    { terms: {}, isPeriodic: true },
    { terms: { every: 2 }, isPeriodic: true },
    { terms: { firstDueOn: '2026-02-10' }, isPeriodic: true },
    { terms: { firstDueOn: '2026-02-11' }, isPeriodic: false },
    { terms: { firstDueOn: '2026-03-10' }, isPeriodic: false },
    { terms: { accrual: 'Actual365' }, isPeriodic: false },
    { terms: { unit: 'Week' }, isPeriodic: false },
    { terms: { holidayRoll: 'NextBusinessDay' }, isPeriodic: false },
  ])(
    'says of $terms whether every period counts the same: $isPeriodic',
    ({ terms, isPeriodic }) => {
      expect(build(terms).isPeriodic).toBe(isPeriodic);
    },
  );
});

const financed = (terms: Given = {}, more: Partial<Financed> = {}): Financed => {
  const plan = planLoan(parseTerms({ ...base, ...terms }));
  const due = dueDays(plan);
  return { plan, due, financedFen: 1000_00, factors: periodFactors(plan, due), ...more };
};

describe('splitKeepingLevel', () => {
  it.each([
    {
      method: 'EqualInstallment',
      level: 51_000,
      principal: [50_000, 50_000, 0, 0],
      interest: [1000, 500, 0, 0],
      first: 51_000,
    },
    {
      method: 'EqualPrincipal',
      level: 40_000,
      principal: [40_000, 40_000, 20_000, 0],
      interest: [1000, 600, 200, 0],
      first: 41_000,
    },
    {
      method: 'FlatRate',
      level: 50_000,
      principal: [50_000, 50_000, 0, 0],
      interest: [1000, 1000, 0, 0],
      first: 51_000,
    },
    {
      method: 'FlatRate',
      level: 40_000,
      principal: [40_000, 40_000, 20_000, 0],
      interest: [1000, 1000, 1000, 0],
      first: 41_000,
    },
    // A level that repays nothing leaves it all to the last.
    {
      method: 'FlatRate',
      level: 0,
      principal: [0, 0, 0, 100_000],
      interest: [1000, 1000, 1000, 1000],
      first: 1000,
    },
    {
      method: 'InterestOnly',
      level: 1,
      principal: [0, 0, 0, 100_000],
      interest: [1000, 1000, 1000, 1000],
      first: 1000,
    },
  ])('keeps $level of $method', ({ method, level, principal, interest, first }) => {
    const split = splitKeepingLevel(financed({ method }), level);
    expect(parts(split)).toEqual([principal, interest]);
    expect(split.installmentFen).toBe(first);
  });

  it('keeps nothing of a bullet loan but its one payment', () => {
    const terms = { method: 'Bullet', installments: 1 };
    expect(parts(splitKeepingLevel(financed(terms), 5))).toEqual([[100_000], [1000]]);
  });
});

describe('splitFinanced', () => {
  it('charges flat interest on the base given, else on what is financed', () => {
    const terms = { method: 'FlatRate' };
    expect(parts(splitFinanced(financed(terms)))[1]).toEqual([1000, 1000, 1000, 1000]);
    expect(parts(splitFinanced(financed(terms, { flatBaseFen: 2000_00 })))[1]).toEqual([
      2000, 2000, 2000, 2000,
    ]);
  });

  it('stops when a period has no factor', () => {
    const factors = { length: 3, even: undefined, list: [{ numerator: 1, denominator: 100 }] };
    expect(() => splitFinanced(financed({}, { factors }))).toThrow('is missing');
    expect(() => splitFinanced(financed({ method: 'FlatRate' }, { factors }))).toThrow(
      'is missing',
    );
  });
});
