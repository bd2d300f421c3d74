import { describe, expect, it } from 'vitest';
import {
  multiplyRatios,
  addRatios,
  parseRate,
  reduce,
} from '../../../domain/lending/annual-rate.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';

const required = {
  principalFen: 1_000_00,
  annualRate: '0.12',
  disbursedOn: '2026-01-31',
  installments: 12,
  method: 'EqualInstallment',
};
const fee = { code: 'Guarantee', payeeRole: 'Guarantor', timing: 'EachInstallment', amountFen: 1 };

describe('parseTerms', () => {
  it('fills in what may be left out', () => {
    expect(parseTerms(required)).toEqual({
      ...required,
      every: 1,
      unit: 'Month',
      monthEnd: 'Clamp',
      accrual: 'Thirty360',
      rounding: 'HalfUp',
      interestRounding: 'EachPeriod',
      residue: 'LastInstallment',
      installmentMultipleFen: 1,
      principalGraceInstallments: 0,
      downPaymentFen: 0,
      holidayRoll: 'None',
      fees: [],
    });
  });

  it.each([
    { terms: { colour: 'red' }, message: 'record 3: unknown field "colour"' },
    { terms: { id: 'a"1', colour: 1 }, message: 'record 3 (id "a\\"1"): unknown field "colour"' },
    {
      terms: { fees: [fee, { ...fee, note: '' }] },
      message: 'record 3: unknown field "fees.1.note"',
    },
    { terms: { installments: 0 }, message: 'field "installments"' },
    { terms: { installments: 1.5 }, message: 'field "installments"' },
    { terms: { installments: 1201 }, message: 'field "installments"' },
    { terms: { principalFen: 0 }, message: 'field "principalFen"' },
    { terms: { principalFen: 10.5 }, message: 'field "principalFen"' },
    { terms: { principalFen: 10_000_000_000_001 }, message: 'field "principalFen"' },
    { terms: { annualRate: 0.12 }, message: 'field "annualRate"' },
    { terms: { annualRate: '12%' }, message: 'field "annualRate": a decimal string' },
    { terms: { annualRate: '-0.1' }, message: 'field "annualRate"' },
    { terms: { annualRate: '1e-3' }, message: 'field "annualRate"' },
    { terms: { annualRate: ' 0.1' }, message: 'field "annualRate"' },
    { terms: { annualRate: '100' }, message: 'field "annualRate"' },
    { terms: { annualRate: 'NaN' }, message: 'field "annualRate"' },
    { terms: { principalFen: -1 }, message: 'field "principalFen"' },
    { terms: { principalFen: '100000' }, message: 'field "principalFen"' },
    { terms: { principalFen: 1e21 }, message: 'field "principalFen"' },
    { terms: { disbursedOn: '2026-1-1' }, message: 'field "disbursedOn"' },
    { terms: { firstDueOn: '' }, message: 'field "firstDueOn"' },
    { terms: { installmentMultipleFen: 0 }, message: 'field "installmentMultipleFen"' },
    { terms: { every: 367 }, message: 'field "every"' },
    { terms: { fees: null }, message: 'field "fees"' },
    { terms: { id: 7 }, message: 'record 3 (id 7): field "id"' },
    { terms: { downPaymentFen: 2_000_00 }, message: 'field "downPaymentFen": leaves nothing' },
    {
      terms: { fees: [{ ...fee, timing: 'UpFront', amountFen: 2_000_00 }] },
      message: 'field "fees": nothing is left to pay out',
    },
    { terms: { annualRate: '0.12345678901' }, message: 'field "annualRate"' },
    { terms: { disbursedOn: '2026-02-29' }, message: 'field "disbursedOn"' },
    { terms: { every: 0 }, message: 'field "every"' },
    { terms: { unit: 'Year' }, message: 'field "unit"' },
    { terms: { method: 'Annuity' }, message: 'field "method"' },
    { terms: { fees: [{ ...fee, amountFen: -1 }] }, message: 'field "fees.0.amountFen"' },
    { terms: { firstDueOn: '2026-01-31' }, message: 'field "firstDueOn": not after disbursedOn' },
    {
      terms: { principalGraceInstallments: 12 },
      message: 'field "principalGraceInstallments": leaves no installment',
    },
    { terms: { downPaymentFen: 1_000_00 }, message: 'field "downPaymentFen": leaves nothing' },
    {
      terms: { downPaymentFen: 500_00, fees: [{ ...fee, timing: 'UpFront', amountFen: 500_00 }] },
      message: 'field "fees": nothing is left to pay out',
    },
  ])('refuses $terms, naming field and record', ({ terms, message }) => {
    expect(() => parseTerms({ ...required, ...terms }, 3)).toThrow(message);
    expect(() => parseTerms({ ...required, ...terms }, 3)).toThrow(/^record 3/);
  });

  it('names every field that is wrong', () => {
    expect(() => parseTerms({ ...required, unit: 'Year', installments: 0 })).toThrow(
      /^record 1: field "installments": .+; field "unit": .+$/,
    );
    expect(() => parseTerms({ ...required, color: 1, colour: 2 })).toThrow(
      /^record 1: unknown field "color", "colour"$/,
    );
  });

  it.each([
    { unit: 'Month', monthEnd: 'Clamp', interestRounding: 'EachPeriod', holidayRoll: 'None' },
    { residue: 'LastInstallment', accrual: 'Thirty360', rounding: 'HalfUp' },
    { residue: 'Smoothed', accrual: 'Actual360', rounding: 'HalfEven', method: 'EqualPrincipal' },
    { unit: 'Week', monthEnd: 'Roll', interestRounding: 'Cumulative', accrual: 'Actual365' },
    { unit: 'Day', holidayRoll: 'NextBusinessDay', accrual: 'ActualActual', rounding: 'Up' },
    { rounding: 'Down', method: 'InterestOnly', annualRate: '12.5' },
    { method: 'FlatRate', annualRate: '99.9999999999' },
    { method: 'Bullet', annualRate: '0' },
  ])('takes the words $0', (words) => {
    expect(parseTerms({ ...required, ...words })).toMatchObject(words);
  });

  it.each(['Lender', 'Guarantor', 'Insurer', 'Platform', 'ThirdParty'])(
    'takes a fee to a %s',
    (payeeRole) => {
      const fees = [{ ...fee, payeeRole }];
      expect(parseTerms({ ...required, fees }).fees).toEqual(fees);
    },
  );

  it.each(['UpFront', 'EachInstallment', 'WithFirst', 'WithLast', 'OnDefault'])(
    'takes a fee that is due %s',
    (timing) => {
      const fees = [{ ...fee, timing }];
      expect(parseTerms({ ...required, fees }).fees).toEqual(fees);
    },
  );

  it.each([null, 'terms', 7, []])('refuses %o, which is no object', (input) => {
    expect(() => parseTerms(input)).toThrow(/^record 1: /);
  });

  it.each([
    { terms: { firstDueOn: '2026-02-01' } },
    { terms: { principalGraceInstallments: 11 } },
    { terms: { downPaymentFen: 999_99 } },
    { terms: { fees: [{ ...fee, timing: 'UpFront', amountFen: 999_99 }] } },
    { terms: { fees: [{ ...fee, timing: 'OnDefault', amountFen: 2_000_00 }] } },
  ])('takes $terms, just inside', ({ terms }) => {
    expect(parseTerms({ ...required, ...terms })).toMatchObject(terms);
  });
});

describe('parseRate', () => {
  it.each([
    { text: '0.1200', numerator: 12, denominator: 100 },
    { text: '0', numerator: 0, denominator: 1 },
    { text: '0.000', numerator: 0, denominator: 1 },
    { text: '12', numerator: 12, denominator: 1 },
    { text: '10.050', numerator: 1005, denominator: 100 },
    { text: '0.0000000001', numerator: 1, denominator: 10_000_000_000 },
  ])('reads $text exactly', ({ text, ...ratio }) => {
    expect(parseRate(text)).toEqual(ratio);
  });

  it.each([
    '',
    '.1',
    '1.',
    '123',
    '0.12345678901',
    'x',
    '0.1.2',
    '-1',
    '0.1 ',
    '0,1',
    '1/2',
    '0:1',
  ])('refuses %o', (text) => {
    expect(() => parseRate(text)).toThrow(`not a rate: ${text}`);
  });
});

describe('ratios', () => {
  it('reduce to lowest terms', () => {
    expect(reduce(30, 360)).toEqual({ numerator: 1, denominator: 12 });
    expect(reduce(0, 5)).toEqual({ numerator: 0, denominator: 1 });
  });

  it('multiply, in lowest terms when large', () => {
    const rate = { numerator: 94_822, denominator: 1_000_000 };
    expect(multiplyRatios(rate, { numerator: 1, denominator: 12 })).toEqual({
      numerator: 94_822,
      denominator: 12_000_000,
    });
    const fine = { numerator: 123_456_789, denominator: 1_000_000_000 };
    expect(multiplyRatios(fine, reduce(2263, 26_718))).toEqual(
      reduce(123_456_789 * 2263, 1_000_000_000 * 26_718),
    );
  });

  it('add exactly', () => {
    const third = { numerator: 1, denominator: 3 };
    expect(addRatios(third, { numerator: 1, denominator: 6 })).toEqual({
      numerator: 1,
      denominator: 2,
    });
    expect(addRatios(third, third)).toEqual({ numerator: 2, denominator: 3 });
  });

  it('say so when they leave what a double holds exactly', () => {
    const long = { numerator: 999_999_999_989, denominator: 10_000_000_000 };
    expect(() => multiplyRatios(long, { numerator: 99_991, denominator: 133_590 })).toThrow(
      'more decimals than can be charged exactly',
    );
  });
});
