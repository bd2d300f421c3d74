import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allocateSchedules,
  portfolioDueDays,
  schedulePortfolio,
  type Portfolio,
} from '../../../domain/lending/portfolio.ts';
import { buildSchedule } from '../../../domain/lending/schedule.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';
import { toDayNumber } from '../../../domain/shared/calendar.ts';
import { equalInstallments, monthlyFactor } from './oracle.ts';

type Loan = { principalFen: number; ratePpm: number; installments: number };

const portfolioOf = (loans: readonly Loan[]): Portfolio => ({
  principalFen: Float64Array.from(loans, (loan) => loan.principalFen),
  ratePpm: Int32Array.from(loans, (loan) => loan.ratePpm),
  installments: Int32Array.from(loans, (loan) => loan.installments),
});

const loan = fc.record({
  principalFen: fc.oneof(
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 1, max: 5_000_000_000 }),
  ),
  ratePpm: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 360_000 })),
  installments: fc.integer({ min: 1, max: 60 }),
});

describe('schedulePortfolio', () => {
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
      const { rows } = buildSchedule(
        parseTerms({
          principalFen: one.principalFen,
          annualRate: (one.ratePpm / 1_000_000).toFixed(6),
          disbursedOn: '2026-01-31',
          installments: one.installments,
          method: 'EqualInstallment',
        }),
      );
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
});
