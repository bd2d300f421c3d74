import { describe, expect, it } from 'vitest';
import { interestMeter, interestRoundingMode } from '../../../domain/lending/interest.ts';

const half = { numerator: 1, denominator: 2 };
const third = { numerator: 1, denominator: 3 };

describe('interestRoundingMode', () => {
  it.each([
    { rounding: 'HalfUp', mode: 'HalfUp' },
    { rounding: 'HalfEven', mode: 'HalfEven' },
    { rounding: 'Up', mode: 'HalfUp' },
    { rounding: 'Down', mode: 'HalfUp' },
  ] as const)('is $mode where the installment rounds $rounding', ({ rounding, mode }) => {
    expect(interestRoundingMode(rounding)).toBe(mode);
  });
});

describe('interestMeter', () => {
  it.each([
    { rounding: 'HalfUp', interestRounding: 'EachPeriod', charged: [1, 2, 3, 0, 1] },
    { rounding: 'HalfEven', interestRounding: 'EachPeriod', charged: [0, 2, 2, 0, 1] },
    // Running totals of 0.5, 2, 4.5, 4 5/6 and 5 1/3.
    { rounding: 'HalfUp', interestRounding: 'Cumulative', charged: [1, 1, 3, 0, 1] },
    { rounding: 'HalfEven', interestRounding: 'Cumulative', charged: [0, 2, 2, 1, 1] },
  ] as const)('charges $charged by $rounding, $interestRounding', ({ charged, ...terms }) => {
    const meter = interestMeter(terms);
    const periods = [
      [1, half],
      [3, half],
      [5, half],
      [1, third],
      [2, third],
    ] as const;
    expect(periods.map(([balanceFen, factor]) => meter(balanceFen, factor))).toEqual(charged);
  });

  it('starts anew for every schedule', () => {
    const terms = { rounding: 'HalfUp', interestRounding: 'Cumulative' } as const;
    expect([interestMeter(terms)(1, half), interestMeter(terms)(1, half)]).toEqual([1, 1]);
  });
});
