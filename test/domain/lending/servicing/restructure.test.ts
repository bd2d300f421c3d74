import { describe, expect, it } from 'vitest';
import { accountOf, change, pay, paidOf, planOf } from './serviced-loan.ts';

const first = pay('2026-02-10', 1030_00);
const firstRow = ['2026-02-10', 1000_00, 30_00];
const planAfter = (
  agreed: Record<string, unknown>,
  { terms = {}, events = [first] }: { terms?: object; events?: Record<string, unknown>[] } = {},
) =>
  planOf(
    accountOf({ terms: { ...terms }, events: [...events, agreed] }, String(agreed['valueDate'])),
  );

describe('restructuring', () => {
  it('extends: what is left over more installments', () => {
    expect(planAfter(change('2026-02-10', { moreInstallments: 1 }))).toEqual([
      firstRow,
      ['2026-03-10', 666_67, 20_00],
      ['2026-04-10', 666_67, 13_33],
      ['2026-05-10', 666_66, 6_67],
    ]);
  });

  it('changes the rate in the middle of a period: each day at its own rate', () => {
    // 14 days at 12 % earn 10, 14 at 6 % earn 5.
    expect(planAfter(change('2026-02-24', { annualRate: '0.06' }))).toEqual([
      firstRow,
      ['2026-03-10', 1000_00, 15_00],
      ['2026-04-10', 1000_00, 5_00],
    ]);
  });

  it('changes the rate twice in one period', () => {
    // 14 days at 12 %, 7 at 6 %, 7 at 24 % of 28: 10 + 2.50 + 10.
    const events = [first, change('2026-02-24', { annualRate: '0.06' })];
    expect(planAfter(change('2026-03-03', { annualRate: '0.24' }), { events })).toEqual([
      firstRow,
      ['2026-03-10', 1000_00, 22_50],
      ['2026-04-10', 1000_00, 20_00],
    ]);
  });

  it('charges penalty at the new rate from then on', () => {
    const events = [change('2026-02-24', { annualRate: '0.06' })];
    // 14 days at 18 % and 14 at 9 % over 360 days: 7 + 3.50.
    const account = accountOf({ events }, '2026-03-10');
    expect(account.rows[0]?.due.Penalty).toBe(10_50);
  });

  it.each(['2026-02-10', '2026-02-24'])(
    'leaves a period out from %s, while interest runs on',
    (agreedOn) => {
      expect(planAfter(change(agreedOn, { holidayPeriods: 1 }))).toEqual([
        firstRow,
        ['2026-04-10', 1000_00, 40_00],
        ['2026-05-10', 1000_00, 10_00],
      ]);
    },
  );

  it('moves the installment that runs, and the later ones follow', () => {
    // One month and 10 of the 31 days after 10 March.
    expect(planAfter(change('2026-02-24', { nextDueOn: '2026-03-20' }))).toEqual([
      firstRow,
      ['2026-03-20', 1000_00, 26_45],
      ['2026-04-20', 1000_00, 10_00],
    ]);
  });

  it('moves due dates and leaves periods out at once', () => {
    expect(
      planAfter(change('2026-02-10', { nextDueOn: '2026-03-20', holidayPeriods: 1 })).map(
        (row) => (row as unknown[])[0],
      ),
    ).toEqual(['2026-02-10', '2026-04-20', '2026-05-20']);
  });

  it.each(['2026-02-10', '2026-02-09'])('does not move an installment to %s', (nextDueOn) => {
    expect(() => planAfter(change('2026-02-10', { nextDueOn }))).toThrow(
      'cannot move an installment before the period it is for',
    );
  });

  it('moves an installment to the first day of its period at the earliest', () => {
    expect(planAfter(change('2026-02-10', { nextDueOn: '2026-02-11' }))[1]).toEqual([
      '2026-02-11',
      1000_00,
      // One of the 28 days to 10 March.
      71,
    ]);
  });

  it('spreads principal past due; interest, fees and penalty past due stay where they are', () => {
    const account = accountOf(
      { events: [change('2026-02-24', { isPastDuePrincipalSpread: true })] },
      '2026-03-10',
    );
    // 10 earned on 2,000 in 14 days, 15 on 3,000 in the next 14.
    expect(planOf(account)).toEqual([
      ['2026-02-10', 0, 30_00],
      ['2026-03-10', 1500_00, 25_00],
      ['2026-04-10', 1500_00, 15_00],
    ]);
    expect(account.rows[0]?.due.Penalty).toBe(7_00);
  });

  it('spreads principal past due that was paid in part', () => {
    const events = [pay('2026-02-10', 530_00)];
    expect(planAfter(change('2026-02-10', { isPastDuePrincipalSpread: true }), { events })).toEqual(
      [
        ['2026-02-10', 500_00, 30_00],
        ['2026-03-10', 1250_00, 25_00],
        ['2026-04-10', 1250_00, 12_50],
      ],
    );
  });

  it('carries the interest of a spread on when the plan changes again', () => {
    const events = [change('2026-02-24', { isPastDuePrincipalSpread: true })];
    // The 10 from before, 7.50 on 3,000 for 7 days at 12 %, 3.75 for 7 at 6 %.
    expect(planAfter(change('2026-03-03', { annualRate: '0.06' }), { events })).toEqual([
      ['2026-02-10', 0, 30_00],
      ['2026-03-10', 1500_00, 21_25],
      ['2026-04-10', 1500_00, 7_50],
    ]);
  });

  it.each([
    { isInstallmentKept: false, totals: [510_00, 505_00] },
    { isInstallmentKept: true, totals: [1010_00, 0] },
  ])('keeps the level only when asked: $isInstallmentKept', ({ isInstallmentKept }) => {
    const plan = planAfter(change('2026-02-10', { moreInstallments: 2, isInstallmentKept }));
    expect(plan.slice(1).map((row) => (row as unknown[])[1])).toEqual(
      isInstallmentKept ? [1000_00, 1000_00] : [500_00, 500_00, 500_00, 500_00],
    );
  });

  it('keeps the later level when one is agreed after another', () => {
    const events = [first, change('2026-02-10', { moreInstallments: 2 })];
    const plan = planAfter(change('2026-03-11', { annualRate: '0.06', isInstallmentKept: true }), {
      events,
    });
    expect(plan.slice(2).map((row) => (row as unknown[])[1])).toEqual([500_00, 500_00, 500_00]);
  });

  it('settles what was paid in advance and does not charge its interest again', () => {
    // 70 in advance: 10 of interest earned by the day, the rest principal. 1,940 are left, at 6 %.
    const events = [pay('2026-02-10', 1100_00)];
    expect(planAfter(change('2026-02-24', { annualRate: '0.06' }), { events })).toEqual([
      firstRow,
      ['2026-02-24', 60_00, 10_00],
      ['2026-03-10', 970_00, 4_85],
      ['2026-04-10', 970_00, 4_85],
    ]);
  });

  it('charges the rest of interest paid in advance in part', () => {
    // 4 of the 10 earned were paid: 6 fall due with the next installment, and 14 days on 2,000 at 6 %.
    const events = [pay('2026-02-10', 1034_00)];
    expect(planAfter(change('2026-02-24', { annualRate: '0.06' }), { events })).toEqual([
      firstRow,
      ['2026-02-24', 0, 4_00],
      ['2026-03-10', 1000_00, 11_00],
      ['2026-04-10', 1000_00, 5_00],
    ]);
  });

  it('lets interest fall due that was earned on principal repaid in advance', () => {
    const policy = {
      allocation: {
        order: ['DueInterest', 'DuePrincipal', 'FuturePrincipal', 'FutureInterest'],
        within: 'Component',
      },
    };
    const events = [pay('2026-02-10', 3030_00), change('2026-02-24', { annualRate: '0.06' })];
    expect(planOf(accountOf({ policy, events }, '2026-02-24'))).toEqual([
      firstRow,
      ['2026-02-24', 2000_00, 0],
      ['2026-03-10', 0, 10_00],
    ]);
  });

  it('gives back what was paid in advance beyond all that came to be owed', () => {
    // 30 of interest in advance, 10 of it earned; 990 of 1,000 and 1,000 of principal: 10 too many.
    const events = [pay('2026-02-10', 3050_00), change('2026-02-24', { annualRate: '0.06' })];
    expect(accountOf({ events }, '2026-02-24')).toMatchObject({
      status: 'Settled',
      creditFen: 10_00,
    });
  });

  it('takes a fee paid in advance as principal, since the fee falls due again', () => {
    const fees = [
      { code: 'Fee', payeeRole: 'Insurer', timing: 'EachInstallment', amountFen: 5_00 },
    ];
    const policy = {
      allocation: { order: ['DueFee', 'DueInterest', 'DuePrincipal', 'FutureFee'] },
    };
    const events = [pay('2026-02-10', 1040_00), change('2026-02-10', { annualRate: '0.06' })];
    const account = accountOf({ terms: { fees }, policy, events }, '2026-02-10');
    expect(account.rows.map(({ due }) => [due.Principal, due.Fee])).toEqual([
      [1000_00, 5_00],
      [5_00, 0],
      [997_50, 5_00],
      [997_50, 5_00],
    ]);
  });

  it('keeps a grace on principal that is not over', () => {
    const terms = { principalGraceInstallments: 1 };
    expect(planAfter(change('2026-01-10', { annualRate: '0.06' }), { terms, events: [] })).toEqual([
      ['2026-02-10', 0, 15_00],
      ['2026-03-10', 1500_00, 15_00],
      ['2026-04-10', 1500_00, 7_50],
    ]);
    expect(
      planAfter(change('2026-02-10', { annualRate: '0.06' }), {
        terms,
        events: [pay('2026-02-10', 30_00)],
      }),
    ).toEqual([
      ['2026-02-10', 0, 30_00],
      ['2026-03-10', 1500_00, 15_00],
      ['2026-04-10', 1500_00, 7_50],
    ]);
  });

  it('extends a bullet loan to a later day', () => {
    expect(
      planAfter(change('2026-02-10', { moreInstallments: 1 }), {
        terms: { method: 'Bullet' },
        events: [],
      }),
    ).toEqual([['2026-05-10', 3000_00, 120_00]]);
  });

  it.each([
    {
      agreed: { annualRate: '0.06' },
      rows: [
        [1000_00, 15_00],
        [1000_00, 15_00],
      ],
    },
    {
      agreed: { moreInstallments: 2 },
      rows: [
        [500_00, 30_00],
        [500_00, 30_00],
        [500_00, 30_00],
        [500_00, 30_00],
      ],
    },
  ])('charges flat interest on what was financed after $agreed', ({ agreed, rows }) => {
    expect(
      planAfter(change('2026-02-10', agreed), { terms: { method: 'FlatRate' } }).slice(1),
    ).toEqual(
      rows.map(([principal, interest], index) => [
        ['2026-03-10', '2026-04-10', '2026-05-10', '2026-06-10'][index],
        principal,
        interest,
      ]),
    );
  });

  it('charges flat interest on what was financed, without the down payment', () => {
    const terms = { method: 'FlatRate', principalFen: 3600_00, downPaymentFen: 600_00 };
    const events = [pay('2026-01-10', 600_00), pay('2026-02-10', 1030_00)];
    expect(
      planAfter(change('2026-02-10', { annualRate: '0.06' }), { terms, events }).slice(2),
    ).toEqual([
      ['2026-03-10', 1000_00, 15_00],
      ['2026-04-10', 1000_00, 15_00],
    ]);
  });

  it.each(['2026-04-10', '2026-05-01'])('needs an installment to come: not on %s', (agreedOn) => {
    expect(() => planAfter(change(agreedOn, { moreInstallments: 1 }))).toThrow(
      'cannot restructure a loan with no installment to come',
    );
  });

  it('leaves due amounts and their payments alone', () => {
    const account = accountOf(
      { events: [pay('2026-02-11', 500_00), change('2026-02-11', { moreInstallments: 3 })] },
      '2026-02-11',
    );
    expect(account.rows[0]).toMatchObject({
      due: { Principal: 1000_00, Interest: 30_00, Penalty: 50 },
      paid: { Principal: 469_50, Interest: 30_00, Penalty: 50 },
    });
    expect(paidOf(account)).toEqual([
      ['2026-02-11', '2026-02-10']
        .slice(1)
        .flatMap((dueOn) => [
          `${dueOn} Penalty 50`,
          `${dueOn} Interest 3000`,
          `${dueOn} Principal 46950`,
        ]),
    ]);
  });

  describe('interest that stays when all principal was paid in advance', () => {
    // Principal first, over all installments; 16 of 31 days earned 15.48 by 26 January.
    const paidInAdvance = (agreed: Record<string, unknown>[]) => {
      const policy = {
        allocation: { within: 'Component', order: ['FuturePrincipal', 'FutureInterest'] },
      };
      const events = [
        pay('2026-01-25', 3000_00),
        change('2026-01-26', { annualRate: '0.06' }),
        ...agreed,
      ];
      return planOf(accountOf({ policy, events }, '2026-01-27'));
    };

    it('falls due with the installment that ran', () => {
      expect(paidInAdvance([])).toEqual([
        ['2026-01-26', 3000_00, 0],
        ['2026-02-10', 0, 15_48],
      ]);
    });

    it('moves to a later day as it is', () => {
      expect(paidInAdvance([change('2026-01-27', { nextDueOn: '2026-02-11' })])).toEqual([
        ['2026-01-26', 3000_00, 0],
        ['2026-02-11', 0, 15_48],
      ]);
    });

    it('does not move to an earlier one', () => {
      expect(() => paidInAdvance([change('2026-01-27', { nextDueOn: '2026-02-10' })])).toThrow(
        'cannot move an installment before the period it is for',
      );
    });
  });
});
