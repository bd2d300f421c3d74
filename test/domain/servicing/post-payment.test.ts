import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Loan } from '../../../domain/loans/loan.ts';
import { accounts } from '../../../domain/servicing/chart-of-accounts.ts';
import { balancesOf } from '../../../domain/servicing/journal-legs.ts';
import { accountOf, payoffOf, type LoanFile } from '../../../domain/servicing/loan-file.ts';
import { postPayment, type ReceivedPayment } from '../../../domain/servicing/post-payment.ts';
import { InvalidInput, InvalidTransition } from '../../../domain/shared/errors.ts';
import { aLoanFile, aReceived, after } from './loan-builders.ts';

const morningOf = (date: string) => `${date}T02:00:00.000Z`;

function pay(file: LoanFile, overrides: Partial<ReceivedPayment>, on?: string): LoanFile {
  const payment = aReceived(overrides);
  return after(file, postPayment(file, payment, morningOf(on ?? payment.valueDate)));
}

const joint = [
  { funderId: 'bank', role: 'Lead' as const, shareFen: 21_000_00, annualRate: '0.0960' },
  {
    funderId: 'zhudai-lending',
    role: 'Partner' as const,
    shareFen: 9_000_00,
    annualRate: '0.0960',
  },
];

describe('postPayment', () => {
  it('pays the installment that is due, interest before principal', () => {
    const file = aLoanFile();
    const [first] = accountOf(file, '2026-12-24').rows;
    const change = postPayment(file, aReceived(), morningOf('2026-12-24'));
    expect(Loan.safeParse(change.loan).success).toBe(true);
    expect(change.loan).toMatchObject({
      status: 'Active',
      version: file.loan.version + 1,
      outstandingPrincipalFen: 30_000_00 - 2_391_90,
      creditFen: 0,
      eventSequence: 1,
      entrySequence: 2,
      event: {
        type: 'PaymentPosted',
        facts: {
          amountFen: 2_631_90,
          channel: 'BankNotice',
          daysPastDue: 0,
          overdueFen: 0,
          asOf: '2026-12-24',
          outstandingPrincipalFen: 30_000_00 - 2_391_90,
        },
      },
    });
    expect(first?.due).toMatchObject({ Interest: 240_00, Principal: 2_391_90 });
    expect(change.once).toMatchObject([
      { sequence: 1, channel: 'BankNotice', reference: 'bank-1' },
      {
        record: 'entry#000002',
        legs: [
          { account: 'bank:clearing', amountFen: 2_631_90 },
          { account: 'borrower:principal', amountFen: -2_391_90 },
          { account: 'funder:zhudai-lending:principal', amountFen: 2_391_90 },
          { account: 'funder:zhudai-lending:repaid', amountFen: -2_391_90 },
          { account: 'funder:zhudai-lending:interest', amountFen: -240_00 },
        ],
      },
    ]);
  });

  it('leaves nobody a fen when a joint loan is repaid installment by installment', () => {
    let file = aLoanFile({ participations: joint });
    for (const row of accountOf(file, '2026-11-24').rows)
      file = pay(file, {
        reference: `bank-${row.dueOn}`,
        amountFen: row.due.Interest + row.due.Principal,
        valueDate: row.dueOn,
      });
    expect(file.loan).toMatchObject({
      status: 'Settled',
      outstandingPrincipalFen: 0,
      creditFen: 0,
      event: { type: 'PaymentPosted', facts: { isSettled: true } },
    });
    expect(file.loan).not.toHaveProperty('actOn');
    const balances = balancesOf(file.entries);
    expect(balances.get(accounts.principal)).toBe(0);
    expect(balances.get('funder:bank:principal')).toBe(0);
    expect(balances.get('funder:zhudai-lending:principal')).toBe(0);
    expect(balances.get('funder:bank:repaid')).toBe(-21_000_00);
    expect(balances.get('funder:zhudai-lending:repaid')).toBe(-9_000_00);
    expect([...balances.values()].reduce((sum, balance) => sum + balance, 0)).toBe(0);
  });

  it('ends the loan when it covers all that is owed on its value date', () => {
    const file = aLoanFile();
    const payoff = payoffOf(file, '2027-01-10');
    const settled = pay(file, { amountFen: payoff.totalFen, valueDate: '2027-01-10' });
    expect(settled.loan).toMatchObject({ status: 'Settled', creditFen: 0, scheduleVersion: 2 });
    expect(settled.schedules.at(-1)?.rows.at(-1)?.dueOn).toBe('2027-01-10');
    const short = pay(file, { amountFen: payoff.totalFen - 1, valueDate: '2027-01-10' });
    expect(short.loan.status).toBe('Active');
  });

  it('keeps what nobody is owed as the credit of the borrower', () => {
    const file = aLoanFile();
    const { totalFen } = payoffOf(file, '2027-01-10');
    const settled = pay(file, { amountFen: totalFen + 500, valueDate: '2027-01-10' });
    expect(settled.loan).toMatchObject({ status: 'Settled', creditFen: 500 });
    expect(balancesOf(settled.entries).get(accounts.credit)).toBe(-500);
    const again = pay(settled, { reference: 'bank-2', amountFen: 7, valueDate: '2027-01-11' });
    expect(again.loan).toMatchObject({ status: 'Settled', creditFen: 507 });
  });

  it('cures a loan that is marked overdue, and says so', () => {
    const file = aLoanFile();
    const loan = { ...file.loan, overdueSince: '2026-12-25', bucket: 'M1' as const };
    const late = { ...file, loan };
    const partly = postPayment(late, aReceived({ amountFen: 100 }), morningOf('2026-12-30'));
    expect(partly.loan).toMatchObject({ overdueSince: '2026-12-25', bucket: 'M1' });
    expect(partly.loan.event).not.toMatchObject({ facts: { isCured: true } });
    const full = postPayment(
      late,
      aReceived({ amountFen: 2_700_00, valueDate: '2026-12-30' }),
      morningOf('2026-12-30'),
    );
    expect(full.loan).toMatchObject({ bucket: 'M0', event: { facts: { isCured: true } } });
    expect(full.loan).not.toHaveProperty('overdueSince');
  });

  it.each([
    ['before the loan was paid out', '2026-11-23', '2026-12-24'],
    ['still to come', '2026-12-25', '2026-12-24'],
  ])('refuses a value date that is %s', (_, valueDate, today) => {
    expect(() => postPayment(aLoanFile(), aReceived({ valueDate }), morningOf(today))).toThrow(
      InvalidInput,
    );
  });

  it('refuses a loan that was never paid out', () => {
    const file = aLoanFile();
    const paying = { ...file, loan: { ...file.loan, status: 'Paying' as const } };
    expect(() => postPayment(paying, aReceived(), morningOf('2026-12-24'))).toThrow(
      InvalidTransition,
    );
  });

  it('takes the same payments to the same account in whatever order they arrive (I7)', () => {
    const payments = fc.array(
      fc.record({
        days: fc.integer({ min: 0, max: 500 }),
        amountFen: fc.integer({ min: 1, max: 12_000_00 }),
        isPrepayment: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const today = '2028-06-01';
    fc.assert(
      fc.property(payments, fc.infiniteStream(fc.nat()), (list, order) => {
        const received = list.map(({ days, amountFen, isPrepayment }, index) => ({
          reference: `bank-${index}`,
          amountFen,
          valueDate: dayAfter(days),
          prepayment: isPrepayment ? { effect: 'ShorterTerm' as const } : undefined,
        }));
        const shuffled = received.toSorted(() => ((order.next().value ?? 0) % 2 === 0 ? -1 : 1));
        const play = (some: typeof received) =>
          some.reduce((file, one) => pay(file, one, today), aLoanFile({ participations: joint }));
        const [one, other] = [play(received), play(shuffled)];
        expect(accountOf(one, today).rows).toEqual(accountOf(other, today).rows);
        expect(one.loan.creditFen).toBe(other.loan.creditFen);
        for (const file of [one, other]) assertBooks(file, today);
      }),
      { numRuns: 60 },
    );
  });
});

function dayAfter(days: number): string {
  return new Date(Date.UTC(2026, 10, 24) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Recomputes every balance from the entries and holds it against the account. */
function assertBooks(file: LoanFile, today: string): void {
  for (const { legs } of file.entries)
    expect(legs.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(0);
  const balances = balancesOf(file.entries);
  const { rows } = accountOf(file, today);
  const paid = (component: 'Principal' | 'Interest' | 'Penalty') =>
    rows.reduce((sum, row) => sum + row.paid[component], 0);
  const funders = (account: string) =>
    joint.reduce(
      (sum, { funderId }) => sum - (balances.get(`funder:${funderId}:${account}`) ?? 0),
      0,
    );
  expect(balances.get(accounts.principal)).toBe(30_000_00 - paid('Principal'));
  expect(funders('principal')).toBe(30_000_00 - paid('Principal'));
  expect(funders('repaid')).toBe(paid('Principal'));
  expect(funders('interest')).toBe(paid('Interest'));
  expect(funders('penalty')).toBe(paid('Penalty'));
  expect(0 - (balances.get(accounts.credit) ?? 0)).toBe(file.loan.creditFen);
  for (const { funderId } of joint)
    expect(balances.get(`funder:${funderId}:principal`) ?? 0).toBeLessThanOrEqual(0);
}
