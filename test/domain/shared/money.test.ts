import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allocateByLargestRemainder,
  divideRounded,
  ExactSum,
  multiplyRounded,
  roundDown,
  roundHalfEven,
  roundHalfUp,
  roundRational,
  roundToMultiple,
  roundUp,
  toFen,
  type RoundingMode,
} from '../../../domain/shared/money.ts';

const modes: RoundingMode[] = ['HalfUp', 'HalfEven', 'Up', 'Down'];

describe('rounding', () => {
  it.each([
    { n: 5n, d: 2n, HalfUp: 3, HalfEven: 2, Up: 3, Down: 2 },
    { n: 7n, d: 2n, HalfUp: 4, HalfEven: 4, Up: 4, Down: 3 },
    { n: -5n, d: 2n, HalfUp: -3, HalfEven: -2, Up: -3, Down: -2 },
    { n: 5n, d: -2n, HalfUp: -3, HalfEven: -2, Up: -3, Down: -2 },
    { n: 8n, d: 3n, HalfUp: 3, HalfEven: 3, Up: 3, Down: 2 },
    { n: 7n, d: 3n, HalfUp: 2, HalfEven: 2, Up: 3, Down: 2 },
    { n: 6n, d: 3n, HalfUp: 2, HalfEven: 2, Up: 2, Down: 2 },
    { n: 0n, d: 3n, HalfUp: 0, HalfEven: 0, Up: 0, Down: 0 },
  ])('takes $n/$d to $HalfUp, $HalfEven, $Up and $Down', ({ n, d, ...expected }) => {
    expect(roundHalfUp(n, d)).toBe(expected.HalfUp);
    expect(roundHalfEven(n, d)).toBe(expected.HalfEven);
    expect(roundUp(n, d)).toBe(expected.Up);
    expect(roundDown(n, d)).toBe(expected.Down);
  });

  it('refuses to divide by zero', () => {
    expect(() => roundHalfUp(1n, 0n)).toThrow('division by zero');
  });

  it.each(modes)('takes the same %s way in doubles as in big integers', (mode) => {
    const amount = fc.integer({ min: 0, max: 1_000_000_000_000 });
    const numerator = fc.integer({ min: 0, max: 10_000_000 });
    const denominator = fc.integer({ min: 1, max: 200_000_000 });
    fc.assert(
      fc.property(amount, numerator, denominator, (a, n, d) => {
        const exact = roundRational(BigInt(a) * BigInt(n), BigInt(d), mode);
        expect(multiplyRounded(a, { numerator: n, denominator: d }, mode)).toBe(Number(exact));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(modes)('takes ties and their neighbours the %s way, at every size', (mode) => {
    const half = fc.integer({ min: 1, max: 50_000_000 });
    const floor = fc.nat({ max: 2 ** 40 });
    fc.assert(
      fc.property(half, floor, fc.integer({ min: -1, max: 1 }), (h, f, step) => {
        const numerator = BigInt(f) * BigInt(2 * h) + BigInt(h + step);
        fc.pre(numerator <= BigInt(Number.MAX_SAFE_INTEGER));
        const exact = roundRational(numerator, BigInt(2 * h), mode);
        expect(divideRounded(Number(numerator), 2 * h, mode)).toBe(Number(exact));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([2 ** 48 - 1, 2 ** 48, 2 ** 48 + 1])('has no seam at the edge of doubles, %i', (edge) => {
    for (const mode of modes) {
      expect(divideRounded(edge, 2, mode)).toBe(Number(roundRational(BigInt(edge), 2n, mode)));
      expect(multiplyRounded(edge, { numerator: 3, denominator: edge }, mode)).toBe(3);
    }
  });
});

describe('roundToMultiple', () => {
  it.each([
    { amount: 1234, multiple: 1, HalfUp: 1234, HalfEven: 1234, Up: 1234, Down: 1234 },
    { amount: 1250, multiple: 100, HalfUp: 1300, HalfEven: 1200, Up: 1300, Down: 1200 },
    { amount: 1249, multiple: 100, HalfUp: 1200, HalfEven: 1200, Up: 1300, Down: 1200 },
    { amount: 1200, multiple: 100, HalfUp: 1200, HalfEven: 1200, Up: 1200, Down: 1200 },
  ])('takes $amount to a multiple of $multiple', ({ amount, multiple, ...expected }) => {
    for (const mode of modes) expect(roundToMultiple(amount, multiple, mode)).toBe(expected[mode]);
  });
});

describe('toFen', () => {
  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 2n ** 60n])(
    'refuses %s, which is no amount in fen',
    (amount) => {
      expect(() => toFen(amount)).toThrow('not a whole number of fen');
    },
  );

  it('takes whole fen', () => {
    expect([toFen(-3), toFen(0), toFen(12n)]).toEqual([-3, 0, 12]);
  });
});

describe('ExactSum', () => {
  it('adds thirds without losing any', () => {
    const sum = new ExactSum();
    for (let index = 0; index < 3; index++) sum.add(1, { numerator: 1, denominator: 3 });
    expect(sum.rounded('Down')).toBe(1);
  });

  it('multiplies the amount by the whole ratio', () => {
    const sum = new ExactSum();
    sum.add(7, { numerator: 3, denominator: 2 });
    expect([sum.rounded('Down'), sum.rounded('Up')]).toEqual([10, 11]);
  });

  it('adds fractions of different denominators', () => {
    const sum = new ExactSum();
    sum.add(1, { numerator: 1, denominator: 2 });
    sum.add(1, { numerator: 1, denominator: 3 });
    sum.add(1n, { numerator: 1, denominator: 6 });
    expect([sum.rounded('Up'), sum.rounded('Down')]).toEqual([1, 1]);
  });

  it('is multiplied before it is rounded, not after', () => {
    const sum = new ExactSum();
    sum.add(1, { numerator: 1, denominator: 2 });
    sum.add(2, { numerator: 1, denominator: 3 });
    // 7/6 × 9/4 is 21/8; of 7/6 rounded first it would be 9/4.
    const ratio = { numerator: 9, denominator: 4 };
    expect(modes.map((mode) => sum.multiplied(ratio, mode))).toEqual([3, 3, 3, 2]);
    expect(sum.multiplied({ numerator: 3, denominator: 7 }, 'HalfUp')).toBe(1);
    expect(sum.multiplied({ numerator: 3, denominator: 7 }, 'HalfEven')).toBe(0);
  });
});

describe('allocateByLargestRemainder', () => {
  it.each([
    { amount: 100, weights: [1, 1, 1], parts: [34, 33, 33] },
    { amount: 101, weights: [70, 30], parts: [71, 30] },
    { amount: 1, weights: [1, 2], parts: [0, 1] },
    { amount: 5, weights: [0, 1], parts: [0, 5] },
    { amount: -100, weights: [1, 1, 1], parts: [-34, -33, -33] },
    { amount: -1, weights: [1, 2], parts: [0, -1] },
    { amount: 2, weights: [1, 1, 1], parts: [1, 1, 0] },
    { amount: 0, weights: [1, 1], parts: [0, 0] },
    {
      amount: 10_000_000_000,
      weights: [7_000_000_000, 3_000_000_001],
      parts: [6_999_999_999, 3_000_000_001],
    },
  ])('splits $amount over $weights', ({ amount, weights, parts }) => {
    expect(allocateByLargestRemainder(amount, weights)).toEqual(parts);
  });

  it.each([
    { weights: [], reason: 'weights that sum to zero' },
    { weights: [0, 0], reason: 'weights that sum to zero' },
    { weights: [1, -1], reason: 'a whole number of at least zero, not -1' },
    { weights: [0.5], reason: 'a whole number of at least zero, not 0.5' },
  ])('refuses $weights', ({ weights, reason }) => {
    expect(() => allocateByLargestRemainder(1, weights)).toThrow(reason);
  });

  it('sums to the amount, stays within a fen of the exact part and mirrors its negative', () => {
    const weights = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), weights, (amount, list) => {
        const total = list.reduce((sum, weight) => sum + weight, 0);
        fc.pre(total > 0);
        const parts = allocateByLargestRemainder(amount, list);
        expect(parts.reduce((sum: number, part) => sum + part, 0)).toBe(amount);
        for (const [index, part] of parts.entries()) {
          expect(Math.abs(part - (amount * (list[index] ?? 0)) / total)).toBeLessThan(1);
        }
        const mirrored = allocateByLargestRemainder(-amount, list);
        expect(mirrored.map((part) => 0 - part)).toEqual([...parts]);
      }),
    );
  });
});
