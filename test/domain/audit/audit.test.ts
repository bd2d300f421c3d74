import { describe, expect, it } from 'vitest';
import { auditChain } from '../../../domain/audit/audit-chain.ts';
import { auditBusinessDays, auditLoanClosing } from '../../../domain/audit/audit-day-closes.ts';
import { auditLoanFile } from '../../../domain/audit/audit-loan-file.ts';
import { auditPayout, auditStrayPayouts } from '../../../domain/audit/audit-payouts.ts';
import { auditTask } from '../../../domain/audit/audit-tasks.ts';
import type { BusinessDay } from '../../../domain/servicing/business-day.ts';
import { closeLoanDay, dateToClose } from '../../../domain/servicing/close-loan-day.ts';
import type { LoanFile } from '../../../domain/servicing/loan-file.ts';
import { postPayment } from '../../../domain/servicing/post-payment.ts';
import { chainEvent, genesisHash, type AuditRecord } from '../../../domain/shared/audit.ts';
import { aTask } from '../builders.ts';
import { aLoanFile, after, aReceived } from '../servicing/loan-builders.ts';

const policy = { reminderDaysBefore: [3, 1, 0], firstPaymentDefaultDays: 30, badInfoNoticeDays: 7 };
const at = '2026-12-24T12:00:00.000+08:00';

/** A loan with two payments, closed up to and with 2027-01-02. */
function servicedFile(): LoanFile {
  let file = aLoanFile();
  file = after(file, postPayment(file, aReceived(), at));
  const second = aReceived({ reference: 'bank-2', amountFen: 700_00, valueDate: '2026-12-28' });
  file = after(file, postPayment(file, second, '2026-12-28T12:00:00.000+08:00'));
  const today = '2027-01-02';
  let { loan } = file;
  for (let date = dateToClose(loan, today); date !== undefined; date = dateToClose(loan, today))
    loan = closeLoanDay({ ...file, loan }, { date, today, policy, at });
  return { ...file, loan };
}
const whole = servicedFile();
const { loan } = whole;
const [firstPayment] = whole.payments;
const [, paymentEntry] = whole.entries;
if (firstPayment === undefined || paymentEntry === undefined) throw new Error('no payment');

const invariantsOf = (findings: readonly { invariant: string }[]) =>
  new Set(findings.map(({ invariant }) => invariant));

describe('auditLoanFile', () => {
  it('finds nothing in a loan that was served', () => {
    expect(auditLoanFile(whole, '2027-01-02')).toEqual([]);
  });

  const moved = (legs: { account: string; amountFen: number }[]) => ({
    ...whole,
    entries: whole.entries.map((entry) => (entry === paymentEntry ? { ...entry, legs } : entry)),
  });
  const [leg0, leg1, ...others] = paymentEntry.legs;
  if (leg0 === undefined || leg1 === undefined) throw new Error('no legs');

  it.each([
    {
      fault: 'an entry that misses a fen',
      invariant: 'I1',
      file: moved([{ ...leg0, amountFen: leg0.amountFen + 1 }, leg1, ...others]),
    },
    {
      fault: 'an entry that is gone',
      invariant: 'I1',
      file: { ...whole, entries: whole.entries.slice(0, -1) },
    },
    {
      fault: 'half a fen',
      invariant: 'I2',
      file: { ...whole, loan: { ...loan, creditFen: 0.5 } },
    },
    {
      fault: 'shares that miss a fen',
      invariant: 'I3',
      file: {
        ...whole,
        loan: {
          ...loan,
          participations: loan.participations.map((each) => ({
            ...each,
            shareFen: each.shareFen - 1,
          })),
        },
      },
    },
    {
      fault: 'an outstanding principal that nobody repaid',
      invariant: 'I5',
      file: { ...whole, loan: { ...loan, outstandingPrincipalFen: 1 } },
    },
    {
      fault: 'the same money twice',
      invariant: 'I6',
      file: { ...whole, payments: [firstPayment, ...whole.payments.slice(0, -1)] },
    },
    {
      fault: 'a payment under another id than its reference makes',
      invariant: 'I6',
      file: {
        ...whole,
        payments: whole.payments.map((each) =>
          each === firstPayment ? { ...each, reference: 'bank-9' } : each,
        ),
      },
    },
    {
      fault: 'a status its events do not give',
      invariant: 'I7',
      file: { ...whole, loan: { ...loan, status: 'Settled' as const } },
    },
    {
      fault: 'money booked to another account',
      invariant: 'I7',
      file: moved([{ ...leg0, account: 'elsewhere' }, leg1, ...others]),
    },
    {
      fault: 'a repayment nobody got',
      invariant: 'I8',
      file: moved(
        paymentEntry.legs.map((leg) =>
          leg.account.endsWith(':interest') ? { ...leg, account: 'nobody' } : leg,
        ),
      ),
    },
    {
      fault: 'an event that is missing',
      invariant: 'I10',
      file: { ...whole, loan: { ...loan, eventSequence: 3 } },
    },
  ])('finds $fault ($invariant)', ({ file, invariant }) => {
    expect(invariantsOf(auditLoanFile(file, '2027-01-02'))).toContain(invariant);
  });
});

describe('auditPayout', () => {
  const { payoutRef: reference, principalFen: amountFen } = loan;
  it('finds nothing when the bank paid the principal once', () => {
    expect(auditPayout(loan, [{ reference, amountFen, count: 1 }])).toEqual([]);
    expect(auditPayout({ ...loan, status: 'Cancelled' }, [])).toEqual([]);
  });

  it.each([
    { fault: 'never', payouts: [], invariant: 'I4' },
    { fault: 'twice', payouts: [{ reference, amountFen, count: 2 }], invariant: 'I4' },
    { fault: 'less', payouts: [{ reference, amountFen: 1, count: 1 }], invariant: 'I3' },
  ])('finds that the bank paid $fault ($invariant)', ({ payouts, invariant }) => {
    expect(auditPayout(loan, payouts)).toMatchObject([{ invariant, subjectId: loan.loanId }]);
  });

  it('finds a payment that no loan knows of (I4)', () => {
    const stray = { reference: 'STRAY', amountFen: 1, count: 1 };
    expect(auditStrayPayouts([stray], [loan])).toMatchObject([{ subjectId: 'STRAY' }]);
    expect(auditStrayPayouts([{ reference, amountFen, count: 1 }], [loan])).toEqual([]);
  });
});

describe('auditLoanClosing', () => {
  const closing = { closedOn: '2027-01-02', policy, parked: undefined };
  it('finds nothing in a loan that waits for its next date', () => {
    expect(auditLoanClosing(whole, closing)).toEqual([]);
  });

  const parked = {
    loanId: loan.loanId,
    businessDate: '2027-01-02',
    attempts: 3,
    reason: 'ZodError: termMonths',
    parkedAt: at,
  };
  it.each([
    { fault: 'a date left out', change: { actOn: '2027-01-02', lastClosedOn: '2026-12-01' } },
    { fault: 'a loan that sleeps too long', change: { actOn: '2028-01-01' } },
    { fault: 'a settled loan that still waits', change: { status: 'Settled' as const } },
  ])('finds $fault (I13)', ({ change }) => {
    const file = { ...whole, loan: { ...loan, ...change } };
    expect(auditLoanClosing(file, closing)).toMatchObject([{ invariant: 'I13' }]);
  });

  it('finds a loan that fell out of the index, unless it is parked with a reason (I13, I14)', () => {
    const file = { ...whole, loan: { ...loan } };
    delete file.loan.actOn;
    expect(auditLoanClosing(file, closing)).toMatchObject([{ invariant: 'I13' }]);
    expect(auditLoanClosing(file, { ...closing, parked })).toEqual([]);
    expect(auditLoanClosing(file, { ...closing, parked: { ...parked, reason: '' } })).toMatchObject(
      [{ invariant: 'I14' }],
    );
  });
});

describe('auditBusinessDays', () => {
  const day = (businessDate: string, closesFrom = businessDate): BusinessDay => ({
    businessDate,
    version: 2,
    status: 'Closed',
    closesFrom,
    startedAt: at,
    changed: 1,
    parked: 0,
  });

  it('finds nothing when every date was closed, also one that was caught up', () => {
    const days = [day('2027-01-01'), day('2027-01-02'), day('2027-01-05', '2027-01-03')];
    expect(auditBusinessDays(days)).toEqual([]);
  });

  it('finds a date that no run closed (I13)', () => {
    const findings = auditBusinessDays([day('2027-01-04'), day('2027-01-01')]);
    expect(findings).toMatchObject([{ invariant: 'I13', subjectId: '2027-01-04' }]);
  });
});

describe('auditTask', () => {
  const task = aTask();
  const decision = {
    outcome: 'Approve' as const,
    operatorId: 'operator-a',
    at,
    reasonCodes: [],
    documentsRequested: [],
    contentHash: task.contentHash,
  };

  it('finds nothing in a task decided once, on what was shown', () => {
    expect(auditTask({ ...task, decisions: [decision] })).toEqual([]);
  });

  it.each([
    {
      fault: 'one person deciding twice',
      invariant: 'I11',
      change: { approvalsRequired: 2, decisions: [decision, decision] },
    },
    {
      fault: 'a decision about something else',
      invariant: 'I11',
      change: { decisions: [{ ...decision, contentHash: 'f'.repeat(64) }] },
    },
    {
      fault: 'more decisions than were asked for',
      invariant: 'I11',
      change: { decisions: [decision, { ...decision, operatorId: 'operator-b' }] },
    },
    { fault: 'no deadline', invariant: 'I12', change: { dueAt: task.openedAt } },
  ])('finds $fault ($invariant)', ({ change, invariant }) => {
    expect(auditTask({ ...task, ...change })).toMatchObject([{ invariant }]);
  });
});

describe('auditChain', () => {
  const subjectId = 'loan_1';
  const chainOf = (types: readonly string[]): AuditRecord[] => {
    let previousHash = genesisHash(subjectId);
    return types.map((type, index) => {
      const event = { type, at, actor: 'workflow', facts: {} };
      const sequence = index + 1;
      const hash = chainEvent({ subjectId, sequence, previousAuditHash: previousHash, event });
      const record = { subjectId, sequence, previousHash, hash, event };
      previousHash = hash;
      return record;
    });
  };
  const types = ['LoanReserved', 'LoanDisbursed', 'PaymentPosted'];

  it('finds nothing in a chain as long as the version', () => {
    expect(auditChain({ subjectId, version: 3 }, chainOf(types))).toEqual([]);
  });

  it.each([
    { fault: 'no record at all', invariant: 'I19', records: [], version: 3 },
    { fault: 'a gap', invariant: 'I19', records: chainOf(types).toSpliced(1, 1), version: 3 },
    { fault: 'a change that never came', invariant: 'I20', records: chainOf(types), version: 4 },
    { fault: 'a record of no version', invariant: 'I10', records: chainOf(types), version: 2 },
    {
      fault: 'something after the end',
      invariant: 'I10',
      records: chainOf(['LoanReserved', 'LoanCancelled', 'LoanDisbursed']),
      version: 3,
    },
  ])('finds $fault ($invariant)', ({ records, version, invariant }) => {
    expect(auditChain({ subjectId, version }, records)).toMatchObject([{ invariant }]);
  });
});
