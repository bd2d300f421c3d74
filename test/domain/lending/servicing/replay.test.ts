import { describe, expect, it } from 'vitest';
import {
  accountOf,
  change,
  charge,
  paidOf,
  pay,
  planOf,
  reverse,
  writeOff,
} from './serviced-loan.ts';

describe('accountOn', () => {
  it('begins with the schedule of the terms and nothing paid', () => {
    const account = accountOf({}, '2026-01-10');
    expect(planOf(account)).toEqual([
      ['2026-02-10', 1000_00, 30_00],
      ['2026-03-10', 1000_00, 20_00],
      ['2026-04-10', 1000_00, 10_00],
    ]);
    expect(account).toMatchObject({
      asOf: '2026-01-10',
      status: 'Active',
      payments: [],
      creditFen: 0,
      recoveredFen: 0,
      writtenOff: { Cost: 0, Penalty: 0, Fee: 0, Interest: 0, Principal: 0 },
    });
    expect(account.rows[0]).toEqual({
      kind: 'Installment',
      dueOn: '2026-02-10',
      due: { Cost: 0, Penalty: 0, Fee: 0, Interest: 30_00, Principal: 1000_00 },
      paid: { Cost: 0, Penalty: 0, Fee: 0, Interest: 0, Principal: 0 },
    });
  });

  it('keeps fees of the schedule with their installments', () => {
    const fees = ['EachInstallment', 'WithFirst', 'WithLast', 'UpFront', 'OnDefault'].map(
      (timing, index) => ({
        code: timing,
        payeeRole: 'Guarantor',
        timing,
        amountFen: 100 * 10 ** index,
      }),
    );
    const account = accountOf({ terms: { fees } }, '2026-01-10');
    expect(account.rows.map((row) => row.due.Fee)).toEqual([1100, 100, 10_100]);
  });

  it('is settled by paying the schedule on its days', () => {
    const events = [
      pay('2026-02-10', 1030_00),
      pay('2026-03-10', 1020_00),
      pay('2026-04-10', 1010_00),
    ];
    expect(accountOf({ events }, '2026-04-09').status).toBe('Active');
    const account = accountOf({ events }, '2026-04-10');
    expect(account).toMatchObject({ status: 'Settled', creditFen: 0 });
    expect(paidOf(account)).toEqual([
      ['2026-02-10 Interest 3000', '2026-02-10 Principal 100000'],
      ['2026-03-10 Interest 2000', '2026-03-10 Principal 100000'],
      ['2026-04-10 Interest 1000', '2026-04-10 Principal 100000'],
    ]);
  });

  it('leaves what a short payment did not reach', () => {
    const account = accountOf({ events: [pay('2026-02-10', 500_00)] }, '2026-02-10');
    expect(account.rows[0]?.paid).toMatchObject({ Interest: 30_00, Principal: 470_00 });
    expect(account.status).toBe('Active');
  });

  it('pays the next installments with what an installment does not need', () => {
    const account = accountOf({ events: [pay('2026-02-10', 1100_00)] }, '2026-02-10');
    expect(paidOf(account)).toEqual([
      [
        '2026-02-10 Interest 3000',
        '2026-02-10 Principal 100000',
        '2026-03-10 Interest 2000',
        '2026-03-10 Principal 5000',
      ],
    ]);
  });

  it('pays in advance into the installment that is due next', () => {
    const account = accountOf({ events: [pay('2026-01-20', 10_00)] }, '2026-01-20');
    expect(paidOf(account)).toEqual([['2026-02-10 Interest 1000']]);
  });

  it('keeps what nothing is owed for as the credit of the borrower', () => {
    const account = accountOf({ events: [pay('2026-02-10', 3060_01)] }, '2026-02-10');
    expect(account).toMatchObject({ status: 'Settled', creditFen: 1 });
    expect(account.payments[0]?.creditFen).toBe(1);
  });

  it('does not know what happens after its date', () => {
    const events = [pay('2026-02-11', 1030_50)];
    expect(accountOf({ events }, '2026-02-10').payments).toEqual([]);
    expect(accountOf({ events }, '2026-02-11').payments).toHaveLength(1);
  });
});

describe('accountOn, charges', () => {
  it('adds a cost of enforcement and pays it first', () => {
    const events = [charge('2026-02-10', 80_00, 'Cost'), pay('2026-02-10', 100_00)];
    const account = accountOf({ events }, '2026-02-10');
    expect(account.rows[1]).toMatchObject({ kind: 'Charge', dueOn: '2026-02-10' });
    expect(paidOf(account)).toEqual([['2026-02-10 Interest 3000', '2026-02-10 Principal 7000']]);
    const byComponent = accountOf(
      { events, policy: { allocation: { within: 'Component' } } },
      '2026-02-10',
    );
    expect(paidOf(byComponent)).toEqual([['2026-02-10 Cost 8000', '2026-02-10 Interest 2000']]);
  });

  it('adds a fee that fell due outside the schedule, on its day', () => {
    const account = accountOf({ events: [charge('2026-02-20', 15_00, 'Fee')] }, '2026-02-20');
    expect(account.rows.map(({ kind, dueOn, due }) => [kind, dueOn, due.Fee])).toEqual([
      ['Installment', '2026-02-10', 0],
      ['Charge', '2026-02-20', 15_00],
      ['Installment', '2026-03-10', 0],
      ['Installment', '2026-04-10', 0],
    ]);
  });

  it('bears no penalty on a charge', () => {
    const events = [charge('2026-02-12', 15_00, 'Fee'), pay('2026-02-10', 1030_00)];
    const account = accountOf({ events }, '2026-03-09');
    expect(account.rows.map((row) => row.due.Penalty)).toEqual([0, 0, 0, 0]);
  });
});

describe('accountOn, reversal', () => {
  const first = pay('2026-02-10', 1030_00);

  it('plays everything again without the payment', () => {
    const second = pay('2026-02-20', 500_00);
    const events = [first, second, reverse('2026-02-25', 'pay-2026-02-10-103000')];
    const account = accountOf({ events }, '2026-02-20');
    // Ten days late, though it was thought paid on its day: 1,000 × 10 × 0.0005.
    expect(paidOf(account)).toEqual([
      ['2026-02-10 Penalty 500', '2026-02-10 Interest 3000', '2026-02-10 Principal 46500'],
    ]);
    expect(account).toEqual(accountOf({ events: [second] }, '2026-02-20'));
  });

  it.each([
    { order: 'arrives first', turn: (events: object[]) => events.toReversed() },
    { order: 'arrives last', turn: (events: object[]) => events },
  ])('gives the same when the reversal $order', ({ turn }) => {
    const events = turn([first, reverse('2026-02-11', 'pay-2026-02-10-103000')]);
    expect(accountOf({ events: events as Record<string, unknown>[] }, '2026-02-12')).toEqual(
      accountOf({}, '2026-02-12'),
    );
  });

  it('leaves other payments alone', () => {
    const events = [first, reverse('2026-02-11', 'pay-of-another-day')];
    expect(accountOf({ events }, '2026-02-12').payments).toHaveLength(1);
  });
});

describe('accountOn, order of a day', () => {
  it('lets fall due, then pays, then restructures, then writes off', () => {
    const events = [
      writeOff('2026-02-10'),
      change('2026-02-10', { annualRate: '0.06' }),
      pay('2026-02-10', 1045_00),
      charge('2026-02-10', 15_00, 'Fee'),
    ];
    const account = accountOf({ events }, '2026-02-10');
    expect(paidOf(account)).toEqual([
      ['2026-02-10 Interest 3000', '2026-02-10 Principal 100000', '2026-02-10 Fee 1500'],
    ]);
    expect(account.writtenOff).toMatchObject({ Interest: 0, Principal: 2000_00, Fee: 0 });
    expect(account.status).toBe('WrittenOff');
  });

  it('takes payments of one day by their ids, whatever order they came in', () => {
    const events = [pay('2026-02-10', 20_00, { id: 'b' }), pay('2026-02-10', 20_00, { id: 'a' })];
    const account = accountOf({ events }, '2026-02-10');
    expect(account.payments.map((payment) => payment.paymentId)).toEqual(['a', 'b']);
    expect(accountOf({ events: events.toReversed() }, '2026-02-10')).toEqual(account);
  });
});

describe('accountOn, write-off', () => {
  it('gives up what is due and what is owed to the day, not interest never earned', () => {
    // 10 to 24 February are 14 of the 28 days to 10 March: half of 20.
    const account = accountOf({ events: [writeOff('2026-02-24')] }, '2026-02-24');
    expect(account.writtenOff).toEqual({
      Cost: 0,
      Penalty: 7_00,
      Fee: 0,
      Interest: 30_00 + 10_00,
      Principal: 3000_00,
    });
    expect(account).toMatchObject({ status: 'WrittenOff', recoveredFen: 0 });
    expect(planOf(account)).toEqual([['2026-02-10', 0, 0]]);
  });

  it('counts what was paid in advance', () => {
    const events = [pay('2026-02-10', 1100_00), writeOff('2026-02-24')];
    const account = accountOf({ events }, '2026-02-24');
    // 70 in advance: 10 of interest earned, 60 of principal.
    expect(account.writtenOff).toMatchObject({ Interest: 0, Principal: 1940_00, Penalty: 0 });
    expect(planOf(account)).toEqual([
      ['2026-02-10', 1000_00, 30_00],
      ['2026-02-24', 60_00, 10_00],
    ]);
  });

  it('takes what comes in later as a recovery', () => {
    const events = [writeOff('2026-02-24'), pay('2026-05-01', 300_00), pay('2026-06-01', 50_00)];
    const account = accountOf({ events }, '2026-06-01');
    expect(account).toMatchObject({ status: 'WrittenOff', recoveredFen: 350_00, creditFen: 0 });
    expect(account.payments.map(({ portions, creditFen }) => [portions, creditFen])).toEqual([
      [[], 0],
      [[], 0],
    ]);
  });

  it('bears no penalty any more', () => {
    const events = [writeOff('2026-02-24')];
    const rows = accountOf({ events }, '2026-12-01').rows;
    expect(rows.map((row) => row.due.Penalty)).toEqual([0]);
  });
});

describe('accountOn, down payment and grace', () => {
  it('has the down payment due on the day of disbursement, without interest', () => {
    const account = accountOf({ terms: { downPaymentFen: 600_00 } }, '2026-01-10');
    expect(planOf(account)).toEqual([
      ['2026-01-10', 600_00, 0],
      ['2026-02-10', 800_00, 24_00],
      ['2026-03-10', 800_00, 16_00],
      ['2026-04-10', 800_00, 8_00],
    ]);
  });
});
