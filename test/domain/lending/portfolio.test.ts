import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allocateSchedules,
  fastInstallment,
  portfolioDueDays,
  schedulePortfolio,
  type Portfolio,
} from '../../../domain/lending/portfolio.ts';
import { buildSchedule } from '../../../domain/lending/schedule.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';
import { fromDayNumber, toDayNumber } from '../../../domain/shared/calendar.ts';
import { InvalidInput } from '../../../domain/shared/errors.ts';
import { equalInstallments, monthlyFactor } from './oracle.ts';

type Loan = { principalFen: number; ratePpm: number; installments: number };

const portfolioOf = (loans: readonly Loan[]): Portfolio => ({
  principalFen: Float64Array.from(loans, (loan) => loan.principalFen),
  ratePpm: Int32Array.from(loans, (loan) => loan.ratePpm),
  installments: Int32Array.from(loans, (loan) => loan.installments),
});

const scheduleOf = (one: Loan) =>
  buildSchedule(
    parseTerms({
      principalFen: one.principalFen,
      annualRate: (one.ratePpm / 1_000_000).toFixed(6),
      disbursedOn: '2026-01-31',
      installments: one.installments,
      method: 'EqualInstallment',
    }),
  );

const loan = fc.record({
  principalFen: fc.oneof(
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 1, max: 5_000_000_000 }),
  ),
  ratePpm: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 360_000 })),
  installments: fc.integer({ min: 1, max: 60 }),
});

describe('schedulePortfolio', () => {
  it('equals the rows of buildSchedule, dates included', () => {
    const loans = [
      { principalFen: 1_200_000, ratePpm: 120_000, installments: 12 },
      { principalFen: 10_000_000, ratePpm: 36_000, installments: 36 },
      { principalFen: 100_000, ratePpm: 239_900, installments: 7 },
      { principalFen: 333_333, ratePpm: 94_822, installments: 24 },
      { principalFen: 5, ratePpm: 94_822, installments: 24 },
    ];
    const columns = schedulePortfolio(portfolioOf(loans));
    const disbursed = Int32Array.from(loans, () => toDayNumber('2026-01-31'));
    const dueDays = portfolioDueDays(columns, disbursed);
    for (const [index, one] of loans.entries()) {
      const { rows } = scheduleOf(one);
      const from = columns.starts[index] ?? 0;
      const to = columns.starts[index + 1] ?? 0;
      expect([...dueDays.slice(from, to)]).toEqual(rows.map((row) => row.dueDay));
      expect([...columns.principalFen.slice(from, to)]).toEqual(
        rows.map((row) => row.principalFen),
      );
      expect([...columns.interestFen.slice(from, to)]).toEqual(rows.map((row) => row.interestFen));
    }
  });

  it('fills columns that are given again', () => {
    const portfolio = portfolioOf([{ principalFen: 1000, ratePpm: 10_000, installments: 3 }]);
    const columns = allocateSchedules(portfolio);
    expect(schedulePortfolio(portfolio, columns)).toBe(columns);
    expect(columns.principalFen.reduce((sum, part) => sum + part, 0)).toBe(1000);
  });

  it('refuses columns made for another portfolio', () => {
    const one = portfolioOf([{ principalFen: 1000, ratePpm: 10_000, installments: 3 }]);
    expect(() => schedulePortfolio(one, allocateSchedules(portfolioOf([])))).toThrow(
      'the columns were made for another portfolio',
    );
  });

  it('equals the rows of buildSchedule for four loans of different lengths, and for those left over', () => {
    const loans = [
      { principalFen: 1_000_000, ratePpm: 240_000, installments: 3 },
      { principalFen: 2_345_678, ratePpm: 94_822, installments: 7 },
      { principalFen: 777_777, ratePpm: 36_000, installments: 5 },
      { principalFen: 50_000_000, ratePpm: 180_000, installments: 11 },
      // Four with one that is no matter of doubles among them, at every place.
      ...[0, 1, 2, 3].flatMap((odd) =>
        [0, 1, 2, 3].map((place) =>
          place === odd
            ? { principalFen: 5, ratePpm: 94_822, installments: 24 }
            : { principalFen: 1_200_000 + place, ratePpm: 120_000, installments: 6 + place },
        ),
      ),
      // Interest of half a fen, four side by side.
      ...[1, 3, 5, 7].map((count) => ({
        principalFen: 1_000_050,
        ratePpm: 120_000,
        installments: 5 + count,
      })),
      { principalFen: 1_200_001, ratePpm: 120_000, installments: 1 },
      { principalFen: 1_200_001, ratePpm: 0, installments: 7 },
      { principalFen: 600_000_000_000, ratePpm: 350_000, installments: 13 },
    ];
    const columns = schedulePortfolio(portfolioOf(loans));
    expect(columns.starts.at(-1)).toBe(loans.reduce((sum, one) => sum + one.installments, 0));
    for (const [index, one] of loans.entries()) {
      const { installmentFen, rows } = scheduleOf(one);
      const place = [columns.starts[index], columns.starts[index + 1]] as const;
      expect(columns.installmentFen[index]).toBe(installmentFen);
      expect([...columns.principalFen.slice(...place)]).toEqual(
        rows.map((row) => row.principalFen),
      );
      expect([...columns.interestFen.slice(...place)]).toEqual(rows.map((row) => row.interestFen));
    }
  });

  it.each([
    { column: 'principalFen', short: new Float64Array(1) },
    { column: 'ratePpm', short: new Int32Array(1) },
  ])('refuses a column $column that ends before the others', ({ column, short }) => {
    const two = portfolioOf([
      { principalFen: 1000, ratePpm: 10_000, installments: 3 },
      { principalFen: 1000, ratePpm: 10_000, installments: 3 },
    ]);
    expect(() => schedulePortfolio({ ...two, [column]: short })).toThrow(InvalidInput);
  });

  it('equals big integers on every row, tiny, huge and free loans included', () => {
    fc.assert(
      fc.property(fc.array(loan, { minLength: 1, maxLength: 9 }), (loans) => {
        const columns = schedulePortfolio(portfolioOf(loans));
        for (const [index, one] of loans.entries()) {
          const factors = Array.from({ length: one.installments }, () =>
            monthlyFactor(one.ratePpm),
          );
          const exact = equalInstallments(one.principalFen, factors, 'HalfUp');
          const from = columns.starts[index] ?? 0;
          const to = columns.starts[index + 1] ?? 0;
          expect(columns.installmentFen[index]).toBe(exact.installment);
          expect([...columns.principalFen.slice(from, to)]).toEqual(exact.rows.map(([fen]) => fen));
          expect([...columns.interestFen.slice(from, to)]).toEqual(
            exact.rows.map(([, fen]) => fen),
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('portfolioDueDays', () => {
  it.each([
    { disbursedOn: '2026-01-15', dates: ['2026-02-15', '2026-03-15', '2026-04-15'] },
    { disbursedOn: '2027-12-30', dates: ['2028-01-30', '2028-02-29', '2028-03-30'] },
  ])('keeps the day of $disbursedOn', ({ disbursedOn, dates }) => {
    const two = [1000, 2000].map((principalFen) => ({ principalFen, ratePpm: 1, installments: 3 }));
    const days = portfolioDueDays(
      allocateSchedules(portfolioOf(two)),
      Int32Array.from(two, () => toDayNumber(disbursedOn)),
    );
    expect([...days].map(fromDayNumber)).toEqual([...dates, ...dates]);
  });
});

describe('fastInstallment', () => {
  it.each([
    { principalFen: 1_200_000, ratePpm: 120_000, installments: 12, fen: 106_619 },
    { principalFen: 10_000_000, ratePpm: 36_000, installments: 36, fen: 293_464 },
    { principalFen: 1_200_000, ratePpm: 120_000, installments: 1, fen: 1_212_000 },
    // The largest product that is exact with all that is added to it: below 2 ** 49.
    { principalFen: 562_949_953, ratePpm: 1_000_000, installments: 3, fen: 219_758_537 },
  ])('is $fen for $principalFen at $ratePpm in $installments', ({ fen, ...one }) => {
    expect(fastInstallment(portfolioOf([one]), 0)).toBe(fen);
  });

  it.each([
    { why: 'free of interest', principalFen: 1_200_000, ratePpm: 0, installments: 12 },
    { why: 'too large', principalFen: 562_949_954, ratePpm: 1_000_000, installments: 3 },
    // 1,212.5 exactly.
    { why: 'on the edge', principalFen: 1200, ratePpm: 125_000, installments: 1 },
    { why: 'a few fen', principalFen: 20, ratePpm: 120_000, installments: 24 },
    { why: 'all interest', principalFen: 1_200_000, ratePpm: 12_000_000, installments: 36 },
  ])('leaves a loan to exact arithmetic that is $why', ({ why: _, ...one }) => {
    expect(fastInstallment(portfolioOf([one]), 0)).toBeNaN();
  });
});
