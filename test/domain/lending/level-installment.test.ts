import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimateInstallment,
  levelInstallment,
  roundIfSure,
} from '../../../domain/lending/level-installment.ts';
import type { PeriodFactors } from '../../../domain/lending/period-factors.ts';
import { equalInstallments, fraction, type Fraction } from './oracle.ts';

const modes = ['HalfUp', 'HalfEven', 'Up', 'Down'] as const;
const even = (ppm: number, length: number): PeriodFactors => ({
  length,
  even: { numerator: ppm, denominator: 12_000_000 },
  list: [],
});
const uneven = (ppm: number, length: number): PeriodFactors => ({
  length,
  even: undefined,
  list: Array.from({ length }, (_, k) => ({
    numerator: ppm * (28 + (k % 4)),
    denominator: 365_000_000,
  })),
});
const fractionsOf = ({ even: one, list, length }: PeriodFactors): Fraction[] =>
  Array.from({ length }, (_, k) => {
    const { numerator, denominator } = one ?? list[k] ?? { numerator: 0, denominator: 1 };
    return fraction(BigInt(numerator), BigInt(denominator));
  });

/** P / Σ v_k, exactly. */
function exactly(amountFen: number, factors: PeriodFactors): Fraction {
  let discount = fraction(1n);
  let worth = fraction(0n);
  for (const { n, d } of fractionsOf(factors)) {
    discount = fraction(discount.n * d, discount.d * (d + n));
    worth = fraction(worth.n * discount.d + discount.n * worth.d, worth.d * discount.d);
  }
  return fraction(BigInt(amountFen) * worth.d, worth.n);
}

const loans = fc.record({
  amountFen: fc.integer({ min: 1, max: 10_000_000_000 }),
  ppm: fc.integer({ min: 1, max: 900_000 }),
  length: fc.integer({ min: 1, max: 36 }),
  isEven: fc.boolean(),
});

describe('estimateInstallment', () => {
  it('is never further off than the error it admits, and admits little', () => {
    fc.assert(
      fc.property(loans, ({ amountFen, ppm, length, isEven }) => {
        const factors = isEven ? even(ppm, length) : uneven(ppm, length);
        const { value, error } = estimateInstallment(amountFen, factors);
        const exact = exactly(amountFen, factors);
        // Both over 2^200, so that the difference itself is exact.
        const scale = 2n ** 200n;
        const off = BigInt(value * 2 ** 100) * 2n ** 100n - (exact.n * scale) / exact.d;
        const isWithin =
          (off < 0n ? -off : off) <= BigInt(Math.ceil(error * 2 ** 100)) * 2n ** 100n;
        expect(isWithin).toBe(true);
        expect(error).toBeGreaterThan(0);
        // The closed form divides by 1 - v^n, which is small at small rates.
        const isSmall = isEven && (ppm / 12_000_000) * length < 0.001;
        expect(error).toBeLessThan(value * (isSmall ? 1e-7 : 1e-11));
      }),
      { numRuns: 150 },
    );
  });
});

describe('roundIfSure', () => {
  const rounding = (mode: (typeof modes)[number], multipleFen = 1) => ({ mode, multipleFen });

  it.each([
    { value: 10.4, HalfUp: 10, HalfEven: 10, Up: 11, Down: 10 },
    { value: 10.6, HalfUp: 11, HalfEven: 11, Up: 11, Down: 10 },
    { value: 10.49, HalfUp: 10, HalfEven: 10, Up: 11, Down: 10 },
  ])('rounds $value where the error is small', ({ value, ...expected }) => {
    for (const mode of modes) {
      expect(roundIfSure({ value, error: 1e-6 }, rounding(mode))).toBe(expected[mode]);
    }
  });

  it.each([
    { value: 10.5, sure: { HalfUp: false, HalfEven: false, Up: true, Down: true } },
    { value: 10.499_999, sure: { HalfUp: false, HalfEven: false, Up: true, Down: true } },
    { value: 10.500_001, sure: { HalfUp: false, HalfEven: false, Up: true, Down: true } },
    { value: 10, sure: { HalfUp: true, HalfEven: true, Up: false, Down: false } },
    { value: 10.000_001, sure: { HalfUp: true, HalfEven: true, Up: false, Down: false } },
    { value: 9.999_999, sure: { HalfUp: true, HalfEven: true, Up: false, Down: false } },
  ])('is not sure near an edge: $value', ({ value, sure }) => {
    for (const mode of modes) {
      const answer = roundIfSure({ value, error: 1e-6 }, rounding(mode));
      expect(answer !== undefined).toBe(sure[mode]);
    }
  });

  it('wants twice the error between the value and the edge', () => {
    expect(roundIfSure({ value: 10.25, error: 0.13 }, rounding('Down'))).toBeUndefined();
    expect(roundIfSure({ value: 10.25, error: 0.12 }, rounding('Down'))).toBe(10);
    expect(roundIfSure({ value: 10.25, error: 0.125 }, rounding('Down'))).toBeUndefined();
  });

  it('is not sure of a number so large that it has no fraction left', () => {
    expect(roundIfSure({ value: 2 ** 53, error: 0 }, rounding('HalfUp'))).toBeUndefined();
  });

  it('measures the distance in fen, also between multiples', () => {
    // 149.9 is a tenth of a fen from the edge between one hundred and two.
    expect(roundIfSure({ value: 149.9, error: 0.04 }, rounding('HalfUp', 100))).toBe(100);
    expect(roundIfSure({ value: 149.9, error: 0.06 }, rounding('HalfUp', 100))).toBeUndefined();
    expect(roundIfSure({ value: 151, error: 0.04 }, rounding('HalfUp', 100))).toBe(200);
  });
});

describe('levelInstallment', () => {
  it('is rounded once from the exact value, whichever way it was found', () => {
    fc.assert(
      fc.property(loans, fc.constantFrom(...modes), ({ amountFen, ppm, length, isEven }, mode) => {
        const factors = isEven ? even(ppm, length) : uneven(ppm, length);
        const { installment } = equalInstallments(amountFen, fractionsOf(factors), mode);
        expect(levelInstallment(amountFen, factors, { mode, multipleFen: 1 })).toBe(installment);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    // One period at 100 %: twice the amount, on the edge of Up and Down whatever doubles say.
    { amountFen: 5, mode: 'Up' as const, fen: 10 },
    { amountFen: 5, mode: 'Down' as const, fen: 10 },
    { amountFen: 2 ** 40 + 1, mode: 'Up' as const, fen: 2 ** 41 + 2 },
  ])('is exact on the edge: $amountFen by $mode', ({ amountFen, mode, fen }) => {
    const factors = { length: 1, even: { numerator: 1, denominator: 1 }, list: [] };
    expect(levelInstallment(amountFen, factors, { mode, multipleFen: 1 })).toBe(fen);
    const listed = { length: 1, even: undefined, list: [{ numerator: 1, denominator: 1 }] };
    expect(levelInstallment(amountFen, listed, { mode, multipleFen: 1 })).toBe(fen);
  });

  it.each([
    // 5 at 50 % in one period: 7.5, a tie. 50 at 50 %: 75, half of a multiple of 50.
    { amountFen: 5, multipleFen: 1, HalfUp: 8, HalfEven: 8 },
    { amountFen: 3, multipleFen: 1, HalfUp: 5, HalfEven: 4 },
    { amountFen: 50, multipleFen: 50, HalfUp: 100, HalfEven: 100 },
    { amountFen: 150, multipleFen: 50, HalfUp: 250, HalfEven: 200 },
  ])('rounds ties of $amountFen to $multipleFen', ({ amountFen, multipleFen, ...expected }) => {
    const factors = { length: 1, even: { numerator: 1, denominator: 2 }, list: [] };
    for (const mode of ['HalfUp', 'HalfEven'] as const) {
      expect(levelInstallment(amountFen, factors, { mode, multipleFen })).toBe(expected[mode]);
    }
  });

  it.each([
    { multipleFen: 1, HalfUp: 33, Up: 34, Down: 33 },
    { multipleFen: 10, HalfUp: 30, Up: 40, Down: 30 },
  ])('without interest is the amount in equal parts', ({ multipleFen, ...expected }) => {
    for (const mode of ['HalfUp', 'Up', 'Down'] as const) {
      expect(levelInstallment(100, even(0, 3), { mode, multipleFen })).toBe(expected[mode]);
    }
  });
});
