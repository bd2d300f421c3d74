import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote } from '../../../domain/lending/quote.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';
import { anyTerms } from './any-terms.ts';
import { oracleSchedule, type OracleTerms } from './terms-oracle.ts';

/** Ours and the oracle's, side by side. */
function compare(terms: OracleTerms): void {
  const answer = quote(parseTerms(terms));
  const { level, rows } = oracleSchedule(terms);
  expect(
    answer.schedule.map((row) => [
      row.dueOn,
      row.principalFen,
      row.interestFen,
      row.outstandingFen,
    ]),
  ).toEqual(rows);
  if (terms.method === 'EqualInstallment' || terms.method === 'FlatRate') {
    expect(answer.installmentFen).toBe(level);
  }
}

const base: OracleTerms = {
  principalFen: 12_000_00,
  annualRate: '0.094822',
  disbursedOn: '2023-12-12',
  installments: 6,
  every: 1,
  unit: 'Month',
  monthEnd: 'Clamp',
  method: 'EqualInstallment',
  accrual: 'Thirty360',
  rounding: 'HalfEven',
  interestRounding: 'EachPeriod',
  installmentMultipleFen: 1,
  principalGraceInstallments: 0,
  downPaymentFen: 0,
};

const methods = [
  'EqualInstallment',
  'EqualPrincipal',
  'InterestOnly',
  'FlatRate',
  'Bullet',
] as const;
const accruals = ['Thirty360', 'Actual360', 'Actual365', 'ActualActual'] as const;
const modes = ['HalfUp', 'HalfEven', 'Up', 'Down'] as const;

/** Variations around what is published, every one with every method and day count. */
const variations: { says: string; terms: Partial<OracleTerms> }[] = [
  { says: 'over New Year into a leap year', terms: {} },
  { says: 'over New Year out of a leap year', terms: { disbursedOn: '2024-11-30' } },
  { says: 'on New Year’s Eve', terms: { disbursedOn: '2023-12-31' } },
  { says: 'on 29 February', terms: { disbursedOn: '2024-02-29', installments: 14 } },
  { says: 'from the 31st, clamped', terms: { disbursedOn: '2025-01-31' } },
  { says: 'from the 31st, rolled', terms: { disbursedOn: '2025-01-31', monthEnd: 'Roll' } },
  {
    says: 'from the 29th before February, rolled',
    terms: { disbursedOn: '2026-01-29', monthEnd: 'Roll' },
  },
  { says: 'every 2 months', terms: { every: 2, disbursedOn: '2022-10-29' } },
  { says: 'every 3 months from the 31st', terms: { every: 3, disbursedOn: '2025-08-31' } },
  { says: 'every week', terms: { unit: 'Week' } },
  { says: 'every 2 weeks', terms: { unit: 'Week', every: 2 } },
  { says: 'every 15 days', terms: { unit: 'Day', every: 15 } },
  { says: 'every day', terms: { unit: 'Day', every: 1, installments: 40 } },
  { says: 'with a long first period', terms: { firstDueOn: '2024-02-01' } },
  { says: 'with a short first period', terms: { firstDueOn: '2023-12-20' } },
  { says: 'with a first period of two whole months', terms: { firstDueOn: '2024-02-12' } },
  { says: 'with a first period of one day', terms: { firstDueOn: '2023-12-13' } },
  { says: 'with a long first week', terms: { unit: 'Week', firstDueOn: '2024-01-01' } },
  {
    says: 'with a short first of 30 days',
    terms: { unit: 'Day', every: 30, firstDueOn: '2023-12-24' },
  },
  { says: 'with one installment', terms: { installments: 1 } },
  { says: 'with 120 installments', terms: { installments: 120 } },
  { says: 'free of interest', terms: { annualRate: '0' } },
  { says: 'at 86.42 %', terms: { annualRate: '0.8642' } },
  { says: 'at 300 %', terms: { annualRate: '3' } },
  { says: 'at a rate of ten decimals', terms: { annualRate: '0.1234567891' } },
  { says: 'of one fen', terms: { principalFen: 1 } },
  { says: 'of 7 fen', terms: { principalFen: 7 } },
  { says: 'of a hundred billion yuan', terms: { principalFen: 10_000_000_000_000 } },
  { says: 'in whole yuan', terms: { installmentMultipleFen: 100 } },
  { says: 'in whole thousands of yuan', terms: { installmentMultipleFen: 100_000 } },
  { says: 'with a quarter down', terms: { downPaymentFen: 3000_00 } },
  { says: 'with all but a fen down', terms: { downPaymentFen: 11_999_99 } },
  { says: 'with three periods of grace', terms: { principalGraceInstallments: 3 } },
  { says: 'with grace up to the last', terms: { principalGraceInstallments: 5 } },
  { says: 'rounded cumulatively', terms: { interestRounding: 'Cumulative', principalFen: 333_33 } },
  {
    says: 'with everything at once',
    terms: {
      firstDueOn: '2024-02-05',
      downPaymentFen: 1234_56,
      principalGraceInstallments: 2,
      installmentMultipleFen: 10,
      interestRounding: 'Cumulative',
      monthEnd: 'Roll',
      installments: 17,
    },
  },
];

describe('quote against an exact rational oracle', () => {
  it.each(variations)('$says', ({ terms }) => {
    for (const method of methods) {
      for (const accrual of accruals) {
        for (const rounding of modes) {
          compare({ ...base, ...terms, method, accrual, rounding });
        }
      }
    }
  });

  it('on 3,000 terms drawn at random', () => {
    fc.assert(fc.property(anyTerms(), compare), { numRuns: 3000 });
  });
});
