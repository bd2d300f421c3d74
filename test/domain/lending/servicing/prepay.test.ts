import { describe, expect, it } from 'vitest';
import { quote } from '../../../../domain/lending/quote.ts';
import { parseTerms } from '../../../../domain/lending/terms.ts';
import { accountOf, charge, pay, paidOf, planOf, plainTerms, prepay } from './serviced-loan.ts';

const first = pay('2026-02-10', 1030_00);
const firstRow = ['2026-02-10', 1000_00, 30_00];

describe('prepayment in part', () => {
  // 10 to 24 February are 14 of the 28 days to 10 March: 10 of interest on 2,000.
  it.each([
    {
      effect: 'ShorterTerm',
      rows: [
        ['2026-03-10', 1000_00, 7_50],
        ['2026-04-10', 500_00, 5_00],
      ],
    },
    {
      effect: 'SmallerInstallment',
      rows: [
        ['2026-03-10', 750_00, 7_50],
        ['2026-04-10', 750_00, 7_50],
      ],
    },
  ])('of equal principal plans anew for $effect', ({ effect, rows }) => {
    const account = accountOf(
      { events: [first, prepay('2026-02-24', 510_00, { effect })] },
      '2026-02-24',
    );
    expect(planOf(account)).toEqual([firstRow, ['2026-02-24', 500_00, 10_00], ...rows]);
    expect(account.rows[1]).toMatchObject({
      kind: 'Prepayment',
      paid: { Interest: 10_00, Principal: 500_00 },
    });
    expect(paidOf(account)[1]).toEqual(['2026-02-24 Interest 1000', '2026-02-24 Principal 50000']);
    expect(account).toMatchObject({ status: 'Active', creditFen: 0 });
  });

  it('means a shorter term where nothing is said', () => {
    const events = [first, prepay('2026-02-24', 1510_00)];
    expect(planOf(accountOf({ events }, '2026-02-24')).slice(2)).toEqual([
      ['2026-03-10', 500_00, 2_50],
    ]);
  });

  it('moves fees due with the last installment to the new last one', () => {
    const fees = ['WithFirst', 'EachInstallment', 'WithLast'].map((timing, index) => ({
      code: timing,
      payeeRole: 'Insurer',
      timing,
      amountFen: 10 ** index,
    }));
    const events = [pay('2026-02-10', 1030_11), prepay('2026-02-24', 1510_00)];
    const account = accountOf({ terms: { fees }, events }, '2026-02-24');
    expect(account.rows.map((row) => row.due.Fee)).toEqual([11, 0, 110]);
  });

  it.each([
    {
      method: 'FlatRate',
      // Flat interest on 3,000 until the day, on what is left of it after.
      amountFen: 515_00,
      settled: ['2026-02-24', 500_00, 15_00],
      rows: [
        ['2026-03-10', 1000_00, 7_50],
        ['2026-04-10', 500_00, 15_00],
      ],
    },
    {
      method: 'InterestOnly',
      firstFen: 30_00,
      amountFen: 1015_00,
      settled: ['2026-02-24', 1000_00, 15_00],
      rows: [
        ['2026-03-10', 0, 10_00],
        ['2026-04-10', 2000_00, 20_00],
      ],
    },
  ])(
    'of $method goes on by its method',
    ({ method, firstFen = 1030_00, amountFen, settled, rows }) => {
      const events = [pay('2026-02-10', firstFen), prepay('2026-02-24', amountFen)];
      const account = accountOf({ terms: { method }, events }, '2026-02-24');
      expect(planOf(account).slice(1)).toEqual([settled, ...rows]);
    },
  );

  it('of flat interest makes the installments smaller when asked', () => {
    const events = [first, prepay('2026-02-24', 515_00, { effect: 'SmallerInstallment' })];
    const account = accountOf({ terms: { method: 'FlatRate' }, events }, '2026-02-24');
    // 1,500 with 7.50 and 15.00 of interest: twice 761.25.
    expect(planOf(account).slice(2)).toEqual([
      ['2026-03-10', 753_75, 7_50],
      ['2026-04-10', 746_25, 15_00],
    ]);
  });

  it('of a bullet loan leaves the one installment, smaller', () => {
    const events = [prepay('2026-02-10', 1030_00)];
    const account = accountOf({ terms: { method: 'Bullet' }, events }, '2026-02-10');
    expect(planOf(account)).toEqual([
      ['2026-02-10', 1000_00, 30_00],
      ['2026-04-10', 2000_00, 40_00],
    ]);
  });

  const level = { method: 'EqualInstallment', principalFen: 12_000_00, installments: 12 };

  it('of level installments is the schedule of what is left when it falls on a due date', () => {
    const events = [
      pay('2026-02-10', 1066_19),
      prepay('2026-02-10', 3000_00, { effect: 'SmallerInstallment' }),
    ];
    const account = accountOf({ terms: level, events }, '2026-02-10');
    const rest = quote(
      parseTerms({
        ...plainTerms,
        ...level,
        principalFen: 12_000_00 - 946_19 - 3000_00,
        disbursedOn: '2026-02-10',
        installments: 11,
      }),
    );
    expect(planOf(account).slice(2)).toEqual(
      rest.schedule.map((row) => [row.dueOn, row.principalFen, row.interestFen]),
    );
  });

  it('keeps level installments as large as they were for a shorter term', () => {
    const events = [pay('2026-02-10', 1066_19), prepay('2026-02-10', 3000_00)];
    const { rows } = accountOf({ terms: level, events }, '2026-02-10');
    const totals = rows.slice(2).map(({ due }) => due.Principal + due.Interest);
    // 8,053.81 at 1 % a month in installments of 1,066.19: eight, the last of them smaller.
    expect(totals).toHaveLength(8);
    expect(new Set(totals.slice(0, -1))).toEqual(new Set([1066_19]));
    expect(totals.at(-1)).toBeLessThan(1066_19);
    expect(rows.reduce((sum, { due }) => sum + due.Principal, 0)).toBe(12_000_00);
  });

  it('books two of a day together: the same as one of their sum', () => {
    const split = [first, prepay('2026-02-24', 260_00), prepay('2026-02-24', 250_00)];
    const together = [first, prepay('2026-02-24', 510_00)];
    const rowsOf = (events: Record<string, unknown>[]) => accountOf({ events }, '2026-02-24').rows;
    expect(rowsOf(split)).toEqual(rowsOf(together));
  });

  it('pays what is past due first', () => {
    const account = accountOf({ events: [prepay('2026-02-24', 1547_00)] }, '2026-02-24');
    expect(paidOf(account)).toEqual([
      [
        '2026-02-10 Penalty 700',
        '2026-02-10 Interest 3000',
        '2026-02-10 Principal 100000',
        '2026-02-24 Interest 1000',
        '2026-02-24 Principal 50000',
      ],
    ]);
  });

  it('repays nothing early when it only covers what is due', () => {
    const account = accountOf({ events: [prepay('2026-02-10', 1030_00)] }, '2026-02-10');
    expect(planOf(account)).toEqual([
      firstRow,
      ['2026-03-10', 1000_00, 20_00],
      ['2026-04-10', 1000_00, 10_00],
    ]);
  });

  it('stays on the installment that runs when it does not cover the interest to the day', () => {
    const account = accountOf({ events: [first, prepay('2026-02-24', 9_99)] }, '2026-02-24');
    expect(paidOf(account)[1]).toEqual(['2026-03-10 Interest 999']);
    expect(planOf(account)).toHaveLength(3);
  });

  it('repays principal with exactly the interest to the day and nothing more', () => {
    const account = accountOf({ events: [first, prepay('2026-02-24', 10_00)] }, '2026-02-24');
    expect(paidOf(account)[1]).toEqual(['2026-02-24 Interest 1000']);
    expect(planOf(account)).toEqual([
      firstRow,
      ['2026-02-24', 0, 10_00],
      ['2026-03-10', 1000_00, 10_00],
      ['2026-04-10', 1000_00, 10_00],
    ]);
  });

  it.each([
    // In advance 70: all 20 of interest and 50 of principal. 10 of the interest is never earned: it repays principal.
    { inAdvance: 1100_00, settled: ['2026-02-24', 560_00, 10_00], left: 1440_00 },
    // In advance 5: half of what is earned. The other half comes first out of the 500.
    { inAdvance: 1035_00, settled: ['2026-02-24', 495_00, 10_00], left: 1505_00 },
  ])('counts the $inAdvance paid before', ({ inAdvance, settled, left }) => {
    const events = [pay('2026-02-10', inAdvance), prepay('2026-02-24', 500_00)];
    const account = accountOf({ events }, '2026-02-24');
    expect(planOf(account)[1]).toEqual(settled);
    const rest = account.rows.slice(2).reduce((sum, { due }) => sum + due.Principal, 0);
    expect(rest).toBe(left);
    expect(account.rows[1]?.paid).toEqual(account.rows[1]?.due);
  });

  it('repays principal with a fee paid in advance that falls due again', () => {
    const fees = [
      { code: 'Fee', payeeRole: 'Insurer', timing: 'EachInstallment', amountFen: 5_00 },
    ];
    const events = [
      pay('2026-02-10', 1040_00, { id: 'a' }),
      prepay('2026-02-10', 100_00, { id: 'b' }),
    ];
    const account = accountOf({ terms: { fees }, events }, '2026-02-10');
    expect(planOf(account)[1]).toEqual(['2026-02-10', 105_00, 0]);
    expect(account.rows.map((row) => row.due.Fee)).toEqual([5_00, 0, 5_00, 5_00]);
  });
});

describe('prepayment in full', () => {
  it('settles the loan with interest for the actual days only', () => {
    const account = accountOf({ events: [first, prepay('2026-02-24', 2010_00)] }, '2026-02-24');
    expect(account).toMatchObject({ status: 'Settled', creditFen: 0 });
    expect(planOf(account)).toEqual([firstRow, ['2026-02-24', 2000_00, 10_00]]);
  });

  it.each([
    { amountFen: 2009_99, status: 'Active', creditFen: 0 },
    { amountFen: 2010_01, status: 'Settled', creditFen: 1 },
  ])('with $amountFen fen is $status', ({ amountFen, ...expected }) => {
    const account = accountOf({ events: [first, prepay('2026-02-24', amountFen)] }, '2026-02-24');
    expect(account).toMatchObject(expected);
  });

  it('settles with what only covers a charge, when the rest was paid in advance', () => {
    const events = [
      pay('2026-02-10', 3050_00),
      charge('2026-02-24', 5_00, 'Fee'),
      prepay('2026-02-24', 5_00),
    ];
    expect(accountOf({ events }, '2026-02-24')).toMatchObject({
      status: 'Settled',
      creditFen: 10_00,
    });
  });

  it('of a loan with nothing to come is the credit of the borrower', () => {
    const events = [first, pay('2026-03-10', 1020_00), pay('2026-04-10', 1010_00)];
    const account = accountOf({ events: [...events, prepay('2026-04-11', 5_00)] }, '2026-04-11');
    expect(account).toMatchObject({ status: 'Settled', creditFen: 5_00 });
  });

  it('gives back what was paid in advance beyond all that is owed', () => {
    // 2,020 in advance on 10 February: 1,000 and 20, then 10 and 990 of the last.
    const events = [pay('2026-02-10', 1030_00 + 2020_00), prepay('2026-02-24', 10_00)];
    const account = accountOf({ events }, '2026-02-24');
    // 20 of that interest are never earned and 10 of principal are open: with the 10 of today, 20 too many.
    expect(account).toMatchObject({ status: 'Settled', creditFen: 20_00 });
    expect(account.payments.map((payment) => payment.creditFen)).toEqual([0, 10_00]);
    expect(planOf(account)).toEqual([firstRow, ['2026-02-24', 2000_00, 10_00]]);
  });
});

describe('a level that is kept', () => {
  it.each([
    {
      why: 'not that of the down payment',
      terms: { principalFen: 3600_00, downPaymentFen: 600_00 },
      events: [pay('2026-01-10', 600_00), pay('2026-02-10', 1030_00), prepay('2026-02-10', 500_00)],
      principal: [1000_00, 500_00],
    },
    {
      why: 'not the nothing of grace',
      terms: { installments: 4, principalGraceInstallments: 1 },
      events: [pay('2026-02-10', 30_00), prepay('2026-02-10', 500_00)],
      principal: [1000_00, 1000_00, 500_00],
    },
  ])('is $why', ({ terms, events, principal }) => {
    const { rows } = accountOf({ terms, events }, '2026-02-10');
    const planned = rows.filter(({ dueOn }) => dueOn > '2026-02-10');
    expect(planned.map(({ due }) => due.Principal)).toEqual(principal);
  });
});

describe('prepayments', () => {
  it('of two days stand in two rows, those of one day in one', () => {
    const events = [
      prepay('2026-01-20', 1000_00, { id: 'a' }),
      prepay('2026-01-20', 500_00, { id: 'b' }),
      prepay('2026-01-25', 100_00, { id: 'c' }),
    ];
    const { rows } = accountOf({ events }, '2026-01-25');
    const early = rows.filter(({ kind }) => kind === 'Prepayment');
    expect(early.map(({ dueOn }) => dueOn)).toEqual(['2026-01-20', '2026-01-25']);
    // Ten days on 3,000 are 9.68; five on what is left, 1,509.68, are 2.43.
    expect(early.map(({ due }) => due.Interest)).toEqual([9_68, 2_43]);
    expect(early.map(({ due }) => due.Principal + due.Interest)).toEqual([1500_00, 100_00]);
  });
});
