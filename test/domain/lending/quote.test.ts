import { describe, expect, it } from 'vitest';
import { displayRate, quote, type Quote } from '../../../domain/lending/quote.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';
import { InvalidInput } from '../../../domain/shared/errors.ts';

const base = {
  principalFen: 12_000_00,
  annualRate: '0.1200',
  disbursedOn: '2026-01-31',
  installments: 12,
  method: 'EqualInstallment',
};
const price = (terms: Record<string, unknown> = {}): Quote =>
  quote(parseTerms({ ...base, ...terms }));
const column = (answer: Quote, field: 'principalFen' | 'interestFen' | 'totalFen'): number[] =>
  answer.schedule.map((row) => row[field]);

describe('quote, golden figures (rules §3.1) of 等额本息 等额本金 先息后本 等本等息 一次性还本付息', () => {
  it('answers the worked example of the interface', () => {
    const answer = price({
      id: 'echoed',
      firstDueOn: '2026-02-28',
      fees: [
        { code: 'Guarantee', payeeRole: 'Guarantor', timing: 'EachInstallment', amountFen: 5000 },
      ],
    });
    expect(answer).toMatchObject({
      id: 'echoed',
      installmentFen: 106_619,
      totals: { principalFen: 1_200_000, interestFen: 79_423, feeFen: 60_000 },
      apr: { nominal: '0.1200', effective: '0.1268' },
    });
    expect(answer.schedule[0]).toEqual({
      number: 1,
      dueOn: '2026-02-28',
      principalFen: 94_619,
      interestFen: 12_000,
      feeFen: 5000,
      totalFen: 111_619,
      outstandingFen: 1_105_381,
    });
    expect(answer.schedule.at(-1)).toMatchObject({ totalFen: 1066_14 + 5000, outstandingFen: 0 });
  });

  it.each([
    {
      principalFen: 100_000_00,
      annualRate: '0.036',
      installments: 36,
      level: 293_464,
      last: 293_455,
    },
    { principalFen: 1000_00, annualRate: '0.2399', installments: 7, level: 15_451, last: 15_449 },
  ])(
    'pays $principalFen fen at $annualRate with level installments',
    ({ level, last, ...terms }) => {
      const totals = column(price(terms), 'totalFen');
      expect(new Set(totals.slice(0, -1))).toEqual(new Set([level]));
      expect(totals.at(-1)).toBe(last);
    },
  );

  it('charges interest of 5,646.95 on 100,000 at 3.6 % over 36 months', () => {
    const answer = price({ principalFen: 100_000_00, annualRate: '0.036', installments: 36 });
    expect(answer.totals.interestFen).toBe(5646_95);
  });

  it('pays equal principal with falling interest', () => {
    const answer = price({ method: 'EqualPrincipal' });
    expect(answer.installmentFen).toBe(1120_00);
    expect(column(answer, 'totalFen').at(-1)).toBe(1010_00);
    expect(answer.totals.interestFen).toBe(780_00);
  });

  it('leaves the residue of equal principal to the last installment', () => {
    const answer = price({ principalFen: 10_000_00, installments: 3, method: 'EqualPrincipal' });
    expect(column(answer, 'principalFen')).toEqual([333_333, 333_333, 333_334]);
  });

  it('pays interest only until the last installment', () => {
    const totals = column(price({ method: 'InterestOnly' }), 'totalFen');
    expect(totals.slice(0, -1)).toEqual(Array.from({ length: 11 }, () => 120_00));
    expect(totals.at(-1)).toBe(12_120_00);
  });

  it('charges flat interest on the whole amount and shows what it really costs', () => {
    const answer = price({ method: 'FlatRate' });
    expect(column(answer, 'totalFen')).toEqual(Array.from({ length: 12 }, () => 1120_00));
    expect(answer.apr).toEqual({ nominal: '0.2146', effective: '0.2370' });
  });

  it('pays a bullet loan once, with interest for the days', () => {
    const answer = price({ method: 'Bullet', accrual: 'Actual360' });
    expect(answer.schedule).toHaveLength(1);
    expect(answer.schedule[0]).toMatchObject({
      number: 1,
      dueOn: '2027-01-31',
      interestFen: 1460_00,
    });
  });

  it('accrues daily on equal principal: 31, 30, 31, 31, 30 days', () => {
    const answer = price({
      principalFen: 2500_00,
      annualRate: '0.18',
      disbursedOn: '2026-05-10',
      installments: 5,
      method: 'EqualPrincipal',
      accrual: 'Actual360',
    });
    expect(column(answer, 'interestFen')).toEqual([3875, 3000, 2325, 1550, 750]);
  });
});

describe('quote, golden interest totals of 12,000 yuan at 12 % (rules §3.1)', () => {
  it.each([
    { method: 'EqualInstallment', first: 1066_19, last: 1066_14, interest: 794_23 },
    { method: 'EqualPrincipal', first: 1120_00, last: 1010_00, interest: 780_00 },
    { method: 'InterestOnly', first: 120_00, last: 12_120_00, interest: 1440_00 },
    { method: 'FlatRate', first: 1120_00, last: 1120_00, interest: 1440_00 },
    {
      method: 'Bullet',
      accrual: 'Actual360',
      first: 13_460_00,
      last: 13_460_00,
      interest: 1460_00,
    },
  ])('$method pays $interest fen of interest', ({ first, last, interest, ...terms }) => {
    const answer = price(terms);
    const totals = column(answer, 'totalFen');
    expect([totals[0], totals.at(-1)]).toEqual([first, last]);
    expect(answer.totals.interestFen).toBe(interest);
    expect(column(answer, 'interestFen').reduce((sum, fen) => sum + fen, 0)).toBe(interest);
    expect(column(answer, 'principalFen').reduce((sum, fen) => sum + fen, 0)).toBe(12_000_00);
  });
});

describe('quote, fees by the installment they fall due with', () => {
  it.each([
    { timing: 'EachInstallment', installments: 3, expected: [700, 700, 700] },
    { timing: 'WithFirst', installments: 3, expected: [700, 0, 0] },
    { timing: 'WithLast', installments: 3, expected: [0, 0, 700] },
    { timing: 'UpFront', installments: 3, expected: [0, 0, 0] },
    { timing: 'OnDefault', installments: 3, expected: [0, 0, 0] },
    { timing: 'WithFirst', installments: 1, expected: [700] },
    { timing: 'WithLast', installments: 1, expected: [700] },
  ])(
    'charges a fee $timing of $installments as $expected',
    ({ timing, installments, expected }) => {
      const fees = [{ code: 'Fee', payeeRole: 'Guarantor', timing, amountFen: 700 }];
      const { schedule } = price({ installments, fees });
      expect(schedule.map((row) => row.feeFen)).toEqual(expected);
    },
  );
});

describe('quote, rates and totals', () => {
  const fees = [
    { code: 'Entry', payeeRole: 'Guarantor', timing: 'UpFront', amountFen: 300_00 },
    { code: 'Service', payeeRole: 'Lender', timing: 'EachInstallment', amountFen: 50_00 },
  ];

  it('count fees kept back at payout, and show both all-in costs', () => {
    const answer = price({ principalFen: 10_000_00, annualRate: '0.09', fees });
    expect(answer.totals).toEqual({ principalFen: 10_000_00, interestFen: 494_18, feeFen: 900_00 });
    expect(answer.apr).toEqual({ nominal: '0.0900', effective: '0.0938' });
    expect(answer.allInCost).toEqual({ itemised: '0.2534', combined: '0.2555' });
  });

  it('echo an id, and have none where none was given', () => {
    expect(price({ id: '' }).id).toBe('');
    expect(Object.keys(price())).toEqual([
      'installmentFen',
      'schedule',
      'totals',
      'apr',
      'allInCost',
    ]);
  });

  it('are zero, not minus zero, for a loan that costs nothing', () => {
    const answer = price({ annualRate: '0' });
    expect([answer.apr, answer.allInCost]).toEqual([
      { nominal: '0.0000', effective: '0.0000' },
      { itemised: '0.0000', combined: '0.0000' },
    ]);
  });

  it.each([
    // A fen paid out and all of it due at the end; then all due at the end for a fen.
    { principalFen: 12_000_00, timing: 'UpFront', amountFen: 11_999_99, combined: '144000.0000' },
    { principalFen: 12_000_00, timing: 'WithLast', amountFen: 1e13, combined: '33.2946' },
  ])('are found for a fee $timing out of all proportion', ({ timing, amountFen, ...wanted }) => {
    const answer = price({
      principalFen: wanted.principalFen,
      method: 'InterestOnly',
      fees: [{ code: 'Fee', payeeRole: 'Insurer', timing, amountFen }],
    });
    expect(answer.allInCost.combined).toBe(wanted.combined);
    expect(answer.allInCost.itemised).toMatch(/^\d+\.\d{4}$/);
  });
});

describe('displayRate', () => {
  it.each([
    { rate: 0.12, text: '0.1200' },
    { rate: 0.126_825, text: '0.1268' },
    { rate: -0.5, text: '-0.5000' },
    { rate: 999_999_999_999_999_868_928, text: '999999999999999868928.0000' },
    { rate: 1e21, text: '1000000000000000000000.0000' },
    { rate: 2 ** 100, text: '1267650600228229401496703205376.0000' },
  ])('writes $rate as $text, never with an exponent', ({ rate, text }) => {
    expect(displayRate(rate)).toBe(text);
  });

  it.each([Number.POSITIVE_INFINITY, Number.NaN])('refuses %d', (rate) => {
    expect(() => displayRate(rate)).toThrow('the loan costs more a year than can be written down');
  });
});

describe('quote, terms that can be read and not priced', () => {
  it.each([
    {
      terms: { principalFen: 1e13, annualRate: '99', installments: 1200 },
      message: 'too large an amount to be exact to the fen',
    },
    {
      terms: {
        installments: 1200,
        fees: [{ code: 'Fee', payeeRole: 'Lender', timing: 'EachInstallment', amountFen: 1e13 }],
      },
      message: 'too large an amount to be exact to the fen',
    },
    {
      // The fee of a day is the loan a hundred times: compounded over a year beyond all numbers.
      terms: {
        unit: 'Day',
        installments: 3,
        fees: [{ code: 'Fee', payeeRole: 'Lender', timing: 'WithFirst', amountFen: 1_200_000_00 }],
      },
      message: 'costs more a year than can be written down',
    },
    { terms: { disbursedOn: '2299-06-30' }, message: 'a date outside 1900-2299' },
    { terms: { firstDueOn: '2299-12-31', installments: 2 }, message: 'a date outside 1900-2299' },
  ])('are refused: $message', ({ terms, message }) => {
    expect(() => price(terms)).toThrow(message);
    expect(() => price(terms)).toThrow(InvalidInput);
  });

  it('are those just beyond what is exact, and no others', () => {
    // The principal and 1,200 fees: 2 ** 53 - 1 fen is 9,007,199,254,740,991.
    const cost = (amountFen: number): Quote =>
      price({
        annualRate: '0',
        installments: 1200,
        fees: [{ code: 'Fee', payeeRole: 'Lender', timing: 'EachInstallment', amountFen }],
      });
    const most = Math.floor((Number.MAX_SAFE_INTEGER - 12_000_00) / 1200);
    expect(cost(most).totals.feeFen).toBe(1200 * most);
    expect(() => cost(most + 1)).toThrow('exact to the fen');
  });

  it('are not those that ask much but can be answered', () => {
    const one = price({ installments: 1 });
    expect(column(one, 'totalFen')).toEqual([12_120_00]);
    const crumbs = price({ principalFen: 5, installments: 1000, annualRate: '0' });
    expect(column(crumbs, 'principalFen').slice(0, 999)).toEqual(
      Array.from({ length: 999 }, () => 0),
    );
    expect(column(crumbs, 'principalFen').at(-1)).toBe(5);
    const last = price({ firstDueOn: '2299-12-31', installments: 1, annualRate: '0.01' });
    expect(last.schedule[0]?.dueOn).toBe('2299-12-31');
    const dear = price({ annualRate: '99.9999999999', installments: 3 });
    expect(column(dear, 'principalFen').reduce((sum, fen) => sum + fen, 0)).toBe(12_000_00);
    const grace = price({ principalGraceInstallments: 11 });
    expect(column(grace, 'principalFen').slice(-2)).toEqual([0, 12_000_00]);
  });
});

describe('quote, due dates', () => {
  const dates = (terms: Record<string, unknown>): string[] =>
    price({ installments: 4, ...terms }).schedule.map((row) => row.dueOn);

  it.each([
    {
      disbursedOn: '2026-01-31',
      expected: ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'],
    },
    {
      disbursedOn: '2024-01-30',
      expected: ['2024-02-29', '2024-03-30', '2024-04-30', '2024-05-30'],
    },
    {
      disbursedOn: '2026-01-31',
      monthEnd: 'Roll',
      expected: ['2026-03-01', '2026-03-31', '2026-05-01', '2026-05-31'],
    },
    {
      disbursedOn: '2026-01-31',
      firstDueOn: '2026-02-28',
      expected: ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'],
    },
    {
      disbursedOn: '2025-12-31',
      firstDueOn: '2026-02-28',
      expected: ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'],
    },
    {
      disbursedOn: '2026-01-31',
      monthEnd: 'Roll',
      firstDueOn: '2026-03-01',
      expected: ['2026-03-01', '2026-03-31', '2026-05-01', '2026-05-31'],
    },
    {
      disbursedOn: '2026-01-15',
      firstDueOn: '2026-02-28',
      expected: ['2026-02-28', '2026-03-28', '2026-04-28', '2026-05-28'],
    },
    {
      disbursedOn: '2026-01-15',
      firstDueOn: '2026-01-31',
      every: 2,
      expected: ['2026-01-31', '2026-03-31', '2026-05-31', '2026-07-31'],
    },
    {
      disbursedOn: '2026-01-31',
      unit: 'Week',
      every: 2,
      expected: ['2026-02-14', '2026-02-28', '2026-03-14', '2026-03-28'],
    },
    {
      disbursedOn: '2026-02-27',
      unit: 'Day',
      firstDueOn: '2026-03-02',
      expected: ['2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05'],
    },
  ])('come out as $expected', ({ expected, ...terms }) => {
    expect(dates(terms)).toEqual(expected);
  });

  it.each([
    // National Day 2026: 1 to 7 October off, Saturday 10 October worked.
    { disbursedOn: '2026-08-01', first: ['2026-09-01', '2026-10-08', '2026-11-02', '2026-12-01'] },
    { disbursedOn: '2026-08-10', first: ['2026-09-10', '2026-10-10', '2026-11-10', '2026-12-10'] },
  ])('move off holidays but not off make-up working days, from $disbursedOn', (example) => {
    expect(dates({ disbursedOn: example.disbursedOn, holidayRoll: 'NextBusinessDay' })).toEqual(
      example.first,
    );
  });

  it('still rise when a long holiday swallows two weekly due dates', () => {
    expect(
      dates({ disbursedOn: '2025-09-24', unit: 'Week', holidayRoll: 'NextBusinessDay' }).slice(
        0,
        3,
      ),
    ).toEqual(['2025-10-09', '2025-10-10', '2025-10-15']);
  });
});

describe('quote, interest', () => {
  const interest = (terms: Record<string, unknown>): number[] =>
    column(price({ method: 'InterestOnly', installments: 3, ...terms }), 'interestFen');

  it.each([
    { accrual: 'Thirty360', expected: [120_00, 120_00, 120_00] },
    // 28, 31 and 30 days from 31 January 2026.
    { accrual: 'Actual360', expected: [112_00, 124_00, 120_00] },
    { accrual: 'Actual365', expected: [110_47, 122_30, 118_36] },
    { accrual: 'ActualActual', expected: [110_47, 122_30, 118_36] },
  ])('counts the days by $accrual', ({ accrual, expected }) => {
    expect(interest({ accrual })).toEqual(expected);
  });

  it.each([
    // 30 days from 2 December 2023: 29 of the old year, 1 of the leap year.
    { disbursedOn: '2023-12-02', unit: 'Day', every: 30, days365: 29, days366: 1 },
    { disbursedOn: '2023-12-31', unit: 'Day', every: 31, days365: 0, days366: 31 },
    { disbursedOn: '2024-12-30', unit: 'Day', every: 31, days365: 30, days366: 1 },
  ])('splits ActualActual at New Year from $disbursedOn', ({ days365, days366, ...terms }) => {
    const principalFen = 1_000_000_00;
    const exact = principalFen * 0.12 * (days365 / 365 + days366 / 366);
    expect(interest({ ...terms, principalFen, accrual: 'ActualActual', installments: 1 })).toEqual([
      Math.round(exact),
    ]);
  });

  it('charges a longer first period for its whole months and its share of the month begun', () => {
    // 15 January to 1 March: one month, then 14 of the 28 days to 15 March.
    expect(interest({ disbursedOn: '2026-01-15', firstDueOn: '2026-03-01' })).toEqual([
      180_00, 120_00, 120_00,
    ]);
  });

  it('charges a shorter first period for its share of a month', () => {
    // 20 January to 1 February: 12 of 31 days.
    expect(interest({ disbursedOn: '2026-01-20', firstDueOn: '2026-02-01' })[0]).toBe(46_45);
  });

  it('charges two whole months for a first period of two months', () => {
    expect(interest({ disbursedOn: '2025-12-31', firstDueOn: '2026-02-28' })[0]).toBe(240_00);
  });

  it('rounds every period alone, or the running total when the terms say cumulative', () => {
    // One third of a fen a period.
    const terms = { principalFen: 100, annualRate: '0.04' };
    expect(interest({ ...terms, installments: 6 })).toEqual([0, 0, 0, 0, 0, 0]);
    expect(interest({ ...terms, installments: 6, interestRounding: 'Cumulative' })).toEqual([
      0, 1, 0, 0, 1, 0,
    ]);
  });

  it.each([
    { rounding: 'HalfUp', expected: 3 },
    { rounding: 'HalfEven', expected: 2 },
    { rounding: 'Up', expected: 3 },
    { rounding: 'Down', expected: 3 },
  ])('rounds half a fen by $rounding of the installment to $expected', ({ rounding, expected }) => {
    expect(interest({ principalFen: 250, rounding })).toEqual([expected, expected, expected]);
  });
});

describe('quote, installments', () => {
  it.each([
    { rounding: 'HalfUp', installmentFen: 106_619 },
    { rounding: 'Up', installmentFen: 106_619 },
    { rounding: 'Down', installmentFen: 106_618 },
    { rounding: 'HalfUp', installmentMultipleFen: 100, installmentFen: 106_600 },
    { rounding: 'Up', installmentMultipleFen: 100, installmentFen: 106_700 },
    { rounding: 'Down', installmentMultipleFen: 1000, installmentFen: 106_000 },
    // A multiple larger than the installment: up to one of it, to the nearest of one or none.
    { rounding: 'Up', installmentMultipleFen: 200_000, installmentFen: 200_000 },
    { rounding: 'HalfUp', installmentMultipleFen: 200_000, installmentFen: 200_000 },
    { rounding: 'HalfUp', installmentMultipleFen: 220_000, installmentFen: 0 },
    { rounding: 'Down', installmentMultipleFen: 100_000_000, installmentFen: 0 },
  ])('round $rounding to $installmentFen', ({ installmentFen, ...terms }) => {
    expect(price(terms).installmentFen).toBe(installmentFen);
  });

  it('round once, straight to the multiple', () => {
    // Exactly 149.5 fen each: half up through the fen first would be 150, then 200.
    const terms = {
      principalFen: 299,
      annualRate: '0',
      installments: 2,
      installmentMultipleFen: 100,
    };
    expect(price(terms).installmentFen).toBe(100);
  });

  it('pay interest only during principal grace, then amortise over the rest', () => {
    const answer = price({ principalGraceInstallments: 3 });
    expect(column(answer, 'principalFen').slice(0, 3)).toEqual([0, 0, 0]);
    expect(answer.installmentFen).toBe(price({ installments: 9 }).installmentFen);
  });

  it('take a down payment as row 1 on the day of disbursement', () => {
    const answer = price({ downPaymentFen: 2000_00, installments: 5 });
    expect(answer.schedule).toHaveLength(6);
    expect(answer.schedule[0]).toMatchObject({
      number: 1,
      dueOn: '2026-01-31',
      principalFen: 2000_00,
      interestFen: 0,
      outstandingFen: 10_000_00,
    });
    expect(answer.installmentFen).toBe(
      price({ principalFen: 10_000_00, installments: 5 }).installmentFen,
    );
  });

  it('smooth the residue only when asked', () => {
    const terms = { principalFen: 75_00, annualRate: '0.123', installments: 5 };
    expect(price(terms).schedule.map((row) => row.totalFen)).toEqual([
      1546, 1546, 1546, 1546, 1549,
    ]);
    expect(price({ ...terms, residue: 'Smoothed' }).schedule.map((row) => row.totalFen)).toEqual([
      1547, 1547, 1547, 1547, 1545,
    ]);
  });

  it('are exact where doubles are not: a hundred billion yuan at a rate of ten decimals', () => {
    const answer = price({ principalFen: 10_000_000_000_000, annualRate: '0.1234567891' });
    expect(column(answer, 'principalFen').reduce((sum, fen) => sum + fen, 0)).toBe(
      10_000_000_000_000,
    );
    expect(answer.schedule[0]?.interestFen).toBe(102_880_657_583);
  });
});
