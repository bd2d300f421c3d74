import { describe, expect, it } from 'vitest';
import { mitigatedLimitFen, mitigatedRate } from '../../../domain/underwriting/mitigation.ts';
import { personPolicy } from '../catalog-files.ts';

const { mitigants } = personPolicy;
const limit = { amountMaxFen: 100_000_00, termMaxMonths: 36 };
const backing = (
  guarantorsTaken: number,
  pledges: { kind: string; valueFen: number }[] = [],
  monthlyIncomeFen?: number,
) => ({
  facts: {
    ...(monthlyIncomeFen === undefined ? {} : { monthlyIncomeFen }),
  },
  pledges,
  guarantorsTaken,
});
const car = { kind: 'Vehicle', valueFen: 80_000_01 };

describe('mitigatedLimitFen', () => {
  it.each([
    { name: 'nothing', given: backing(0), expected: 100_000_00 },
    { name: 'one guarantor: a quarter more', given: backing(1), expected: 125_000_00 },
    { name: 'five guarantors count as two', given: backing(5), expected: 150_000_00 },
    { name: 'half of a car, rounded down', given: backing(0, [car]), expected: 140_000_00 },
    {
      name: 'a pledge of a kind the policy does not take',
      given: backing(0, [{ kind: 'Painting', valueFen: 1_000_000_00 }]),
      expected: 100_000_00,
    },
    { name: 'both', given: backing(1, [car]), expected: 165_000_00 },
  ])('adds $name', ({ given, expected }) => {
    expect(mitigatedLimitFen(limit, given, mitigants)).toBe(expected);
  });

  it('never lends to whom nothing is lent, whatever is pledged', () => {
    const none = { ...limit, amountMaxFen: 0 };
    expect(mitigatedLimitFen(none, backing(2, [car]), mitigants)).toBe(0);
  });

  it.each([
    { income: 5_000_00, expected: 60_000_00 },
    { income: 8_333_34, expected: 100_000_00 },
    { income: undefined, expected: 100_000_00 },
  ])('stops at twelve months of an income of $income fen', ({ income, expected }) => {
    const byIncome = { ...limit, incomeMonthsHundredths: 1200 };
    expect(mitigatedLimitFen(byIncome, backing(0, [], income), mitigants)).toBe(expected);
  });
});

describe('mitigatedRate', () => {
  it.each([
    { given: backing(0), rate: '0.0960', expected: '0.0960' },
    { given: backing(1), rate: '0.0960', expected: '0.0940' },
    { given: backing(0, [car]), rate: '0.0960', expected: '0.0930' },
    { given: backing(0, [car, car]), rate: '0.0960', expected: '0.0930' },
    {
      given: backing(2, [car, { kind: 'Deposit', valueFen: 50_000_00 }]),
      rate: '0.0960',
      expected: '0.0860',
    },
    { given: backing(1), rate: '0.09125', expected: '0.08925' },
    { given: backing(1), rate: '1.0010', expected: '0.9990' },
    { given: backing(1), rate: '0.0010', expected: '0.0000' },
  ])('makes $rate $expected', ({ given, rate, expected }) => {
    const listed = { annualRate: rate, principalFen: 40_000_00 };
    expect(mitigatedRate(listed, given, mitigants)).toBe(expected);
  });

  it.each([
    { pledge: { kind: 'Deposit', valueFen: 1 }, principalFen: 40_000_00, expected: '0.0960' },
    { pledge: car, principalFen: 40_000_00, expected: '0.0930' },
    // Half of the loan is covered by half of the car, then just less than one basis point of thirty.
    { pledge: car, principalFen: 80_000_00, expected: '0.0945' },
    { pledge: car, principalFen: 1_200_000_01, expected: '0.0960' },
    { pledge: car, principalFen: 1_200_000_00, expected: '0.0959' },
    {
      pledge: { kind: 'Painting', valueFen: 1_000_000_00 },
      principalFen: 1_00,
      expected: '0.0960',
    },
  ])(
    'takes off for $pledge.kind of $pledge.valueFen fen behind $principalFen: $expected',
    ({ pledge, principalFen, expected }) => {
      const listed = { annualRate: '0.0960', principalFen };
      expect(mitigatedRate(listed, backing(0, [pledge]), mitigants)).toBe(expected);
    },
  );
});
