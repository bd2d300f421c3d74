import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLogistic } from '../../../../domain/underwriting/scorecard-fit/logistic-regression.ts';

const limits = { ridge: 1, iterationsMax: 50, tolerance: 1e-9 };

describe('fitLogistic', () => {
  it('finds the logarithm of the odds when there is nothing else to know', () => {
    const isGood = Array.from({ length: 100 }, (_, row) => row < 80);
    const { intercept, weights } = fitLogistic([], isGood, limits);
    expect(intercept).toBeCloseTo(Math.log(4), 9);
    expect(weights).toEqual([]);
  });

  it('finds the odds of two groups exactly, without a ridge', () => {
    // 50 of 100 good where the column is 0, 80 of 100 where it is 1.
    const column = Float64Array.from({ length: 200 }, (_, row) => (row < 100 ? 0 : 1));
    const isGood = Array.from(column, (value, row) => row % 100 < (value === 0 ? 50 : 80));
    const { intercept, weights } = fitLogistic([column], isGood, { ...limits, ridge: 0 });
    expect(intercept).toBeCloseTo(0, 8);
    expect(weights[0]).toBeCloseTo(Math.log(4), 8);
  });

  it('stays finite where a column separates all, because of the ridge', () => {
    const column = Float64Array.from([-1, -1, 1, 1]);
    const { weights } = fitLogistic([column], [false, false, true, true], limits);
    expect(weights[0]).toBeGreaterThan(0.5);
    expect(weights[0]).toBeLessThan(2);
  });

  it('refuses columns that depend on each other when no ridge tells them apart', () => {
    const column = Float64Array.from([0, 1, 0, 1, 1]);
    const isGood = [true, false, false, true, true];
    expect(() => fitLogistic([column, column], isGood, { ...limits, ridge: 0 })).toThrow(
      'depend on each other',
    );
  });

  it('says so when it does not settle', () => {
    const column = Float64Array.from([0, 1, 0, 1, 1]);
    expect(() =>
      fitLogistic([column], [true, false, false, true, true], { ...limits, iterationsMax: 1 }),
    ).toThrow('does not settle within 1 iterations');
  });

  it('ends where no coefficient could do better: the gradient is nothing', () => {
    const some = fc.array(
      fc.record({
        one: fc.double({ min: -3, max: 3, noNaN: true }),
        two: fc.double({ min: -3, max: 3, noNaN: true }),
        isGood: fc.boolean(),
      }),
      { minLength: 5, maxLength: 60 },
    );
    fc.assert(
      fc.property(some, (rows) => {
        const isGood = rows.map((row) => row.isGood);
        fc.pre(isGood.includes(true) && isGood.includes(false));
        const columns = [
          Float64Array.from(rows, ({ one }) => one),
          Float64Array.from(rows, ({ two }) => two),
        ];
        const { intercept, weights } = fitLogistic(columns, isGood, limits);
        const residuals = rows.map(({ one, two }, row) => {
          const sum = intercept + (weights[0] ?? 0) * one + (weights[1] ?? 0) * two;
          return (isGood[row] === true ? 1 : 0) - 1 / (1 + Math.exp(-sum));
        });
        const slope = (column: Float64Array | undefined, weight = 0) =>
          residuals.reduce((sum, each, row) => sum + each * (column?.[row] ?? 0), 0) - weight;
        expect(residuals.reduce((sum, each) => sum + each, 0)).toBeCloseTo(0, 5);
        expect(slope(columns[0], weights[0])).toBeCloseTo(0, 5);
        expect(slope(columns[1], weights[1])).toBeCloseTo(0, 5);
      }),
      { seed: 20261126, numRuns: 200 },
    );
  });
});
