import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Application } from '../../../domain/applications/application.ts';
import {
  activateLoan,
  cancelLoan,
  disbursementEntry,
  dueShardOf,
} from '../../../domain/disbursement/activate-loan.ts';
import { planSettlement, type Verdict } from '../../../domain/disbursement/plan-settlement.ts';
import { reserveLoan, startDisbursement } from '../../../domain/disbursement/reserve-loan.ts';
import { failLoan } from '../../../domain/disbursement/settle-payout.ts';
import { JournalEntry, Loan, LoanSchedule } from '../../../domain/loans/loan.ts';
import { LoanAgreement } from '../../../domain/servicing/loan-agreement.ts';
import { InvalidTransition } from '../../../domain/shared/errors.ts';
import { allocateByLargestRemainder } from '../../../domain/shared/money.ts';
import { anApplication, anOffer, aPayout } from '../builders.ts';
import { anAgreement } from '../servicing/loan-builders.ts';

const at = '2026-11-23T03:00:00.000Z';
const signed = anOffer({ status: 'Signed' });
const reserved = (): Loan => reserveLoan(signed, { payout: aPayout(), at });
const agreementFrom = (disbursedOn: string) => anAgreement({ loan: reserved(), disbursedOn });
const activate = (valueDate = '2026-11-24') =>
  activateLoan(reserved(), { agreement: agreementFrom(valueDate), at });

describe('reserveLoan', () => {
  it('sets the shares aside before any money moves', () => {
    const loan = reserved();
    expect(Loan.safeParse(loan).success).toBe(true);
    expect(loan).toMatchObject({
      status: 'Paying',
      version: 1,
      principalFen: 30_000_00,
      annualRate: '0.0960',
      outstandingPrincipalFen: 0,
      dueShard: 'paying',
      actOn: '2026-11-23',
      payoutRef: aPayout().payoutRef,
    });
  });

  it('refuses shares that do not sum to the loan (I3)', () => {
    const short = [
      { funderId: 'a', role: 'Lead' as const, shareFen: 29_999_99, annualRate: '0.0960' },
    ];
    const application = anOffer({ status: 'Signed', participations: short });
    expect(() => reserveLoan(application, { payout: aPayout(), at })).toThrow('sum to 2999999');
  });

  it('needs an offer and a contract', () => {
    expect(() => reserveLoan(anApplication(), { payout: aPayout(), at })).toThrow(
      InvalidTransition,
    );
    const withoutContract = anOffer();
    delete withoutContract.contract;
    expect(() => reserveLoan(withoutContract, { payout: aPayout(), at })).toThrow(
      InvalidTransition,
    );
  });

  it('pays again only after a definite refusal, under the next number', () => {
    const failed = failLoan(reserved(), { because: 'AccountClosed', at });
    expect(failed).not.toHaveProperty('dueShard');
    expect(failed).not.toHaveProperty('actOn');
    const second = aPayout({ payoutNumber: 2 });
    const again = reserveLoan(signed, { payout: second, previous: failed, at });
    expect(again).toMatchObject({
      status: 'Paying',
      version: 3,
      payoutNumber: 2,
      payoutRef: second.payoutRef,
      dueShard: 'paying',
    });
    expect(() => reserveLoan(signed, { payout: second, previous: reserved(), at })).toThrow(
      InvalidTransition,
    );
  });

  it('moves the application along with it', () => {
    const application = startDisbursement(signed, { payout: aPayout(), at });
    expect(application).toMatchObject({ status: 'Disbursing', loanId: aPayout().loanId });
    expect(Application.safeParse(application).success).toBe(true);
  });
});

describe('activateLoan', () => {
  it('runs the schedule from the day the bank paid', () => {
    const { loan, agreement, schedule, entry } = activate();
    expect(LoanAgreement.safeParse(agreement).success).toBe(true);
    expect(agreement.terms.disbursedOn).toBe('2026-11-24');
    expect(Loan.safeParse(loan).success).toBe(true);
    expect(LoanSchedule.safeParse(schedule).success).toBe(true);
    expect(JournalEntry.safeParse(entry).success).toBe(true);
    expect(loan).toMatchObject({
      status: 'Active',
      scheduleVersion: 1,
      disbursedOn: '2026-11-24',
      maturesOn: '2027-11-24',
      outstandingPrincipalFen: 30_000_00,
      actOn: '2026-11-25',
      dueShard: dueShardOf(loan.loanId),
    });
    expect(schedule.record).toBe('schedule#0001');
    expect(schedule.rows[0]?.dueOn).toBe('2026-12-24');
    expect(schedule.rows.reduce((sum, row) => sum + row.principalFen, 0)).toBe(30_000_00);
  });
});

describe('net disbursed is the principal (Civil Code 670, rules §11.12)', () => {
  const amounts = [
    { amountFen: 29_999_99, isPaid: false },
    { amountFen: 30_000_00, isPaid: true },
    { amountFen: 30_000_01, isPaid: false },
  ];

  it.each(amounts)('answers $isPaid to a payout of $amountFen on 3000000', (payment) => {
    const reserve = () => reserveLoan(signed, { payout: aPayout(payment), at });
    if (payment.isPaid) expect(reserve().principalFen).toBe(payment.amountFen);
    else expect(reserve).toThrow(`is of ${payment.amountFen} fen, the principal is 3000000`);
  });

  it.each(amounts)('answers $isPaid to paying $amountFen after a refusal', (payment) => {
    const failed = failLoan(reserved(), { because: 'AccountClosed', at });
    const payout = aPayout({ payoutNumber: 2, amountFen: payment.amountFen });
    const again = () => reserveLoan(signed, { payout, previous: failed, at });
    if (payment.isPaid) expect(again().payoutNumber).toBe(2);
    else expect(again).toThrow(InvalidTransition);
  });

  it.each([
    { name: 'a fen more to repay', patch: { principalFen: 30_000_01 } },
    { name: 'a fen less to repay', patch: { principalFen: 29_999_99 } },
    { name: 'a part taken off at once', patch: { downPaymentFen: 1 } },
  ])('refuses to start a loan with $name than was paid out', ({ patch }) => {
    const agreement = agreementFrom('2026-11-24');
    const changed = { ...agreement, terms: { ...agreement.terms, ...patch } };
    expect(() => activateLoan(reserved(), { agreement: changed, at })).toThrow(InvalidTransition);
  });
});

describe('disbursementEntry', () => {
  it('sums to zero for any split over funders (I1, I8)', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e10 }), weights, (principalFen, split) => {
        const shares = allocateByLargestRemainder(principalFen, split);
        const participations = shares.map((shareFen, index) => ({
          funderId: `funder-${index}`,
          shareFen,
          annualRate: '0.0960',
          role: 'Lead' as const,
        }));
        const entry = disbursementEntry(
          { ...reserved(), principalFen, participations },
          { valueDate: '2026-11-24', at },
        );
        expect(entry.legs.reduce((sum, leg) => sum + leg.amountFen, 0)).toBe(0);
        expect(entry.legs).toHaveLength(split.length + 1);
      }),
    );
  });
});

describe('dueShardOf', () => {
  it('spreads loans over sixteen shards, the same one for good', () => {
    const shards = Array.from({ length: 1600 }, (_, index) => dueShardOf(`loan_${index}`));
    expect(new Set(shards).size).toBe(16);
    expect(shards.every((shard) => /^(0\d|1[0-5])$/.test(shard))).toBe(true);
    expect(dueShardOf('loan_1')).toBe(dueShardOf('loan_1'));
  });
});

describe('planSettlement', () => {
  const application = startDisbursement(signed, { payout: aPayout(), at });
  const settle = (verdict: Verdict) =>
    planSettlement({
      payout: aPayout(),
      loan: reserved(),
      application,
      verdict,
      agreementFrom,
      at,
    });

  it('books the money together with the loan it made', () => {
    const change = settle({
      outcome: 'Paid',
      bankReference: 'b1',
      valueDate: '2026-11-24',
      actor: 'provider:bank',
    });
    expect(change).toMatchObject({
      payout: {
        state: 'Paid',
        bankReference: 'b1',
        valueDate: '2026-11-24',
        event: { actor: 'provider:bank' },
      },
      loan: { status: 'Active', disbursedOn: '2026-11-24' },
      schedule: { record: 'schedule#0001' },
      entries: [{ entryType: 'Disbursement', valueDate: '2026-11-24' }],
    });
    expect(change.application).toBeUndefined();
  });

  it('sets the loan free together with the refusal', () => {
    const change = settle({ outcome: 'Refused', because: 'AccountClosed', actor: 'operator:boss' });
    expect(change).toMatchObject({
      payout: {
        state: 'Refused',
        refusedBecause: 'AccountClosed',
        event: { actor: 'operator:boss' },
      },
      loan: { status: 'PayFailed', event: { type: 'LoanPayoutFailed' } },
      application: { status: 'PayoutFailed' },
    });
    expect(change.entries).toBeUndefined();
  });
});

describe('cancelLoan', () => {
  it('gives up a loan that was never paid', () => {
    expect(
      cancelLoan(failLoan(reserved(), { because: 'x', at }), { at, actor: 'operator:boss' }),
    ).toMatchObject({
      status: 'Cancelled',
      event: { type: 'LoanCancelled', actor: 'operator:boss' },
    });
  });
});
