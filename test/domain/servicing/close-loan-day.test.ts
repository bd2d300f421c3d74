import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf } from '../../../domain/lending/servicing/delinquency.ts';
import { Loan } from '../../../domain/loans/loan.ts';
import {
  closeLoanDay,
  dateToClose,
  type DayClosing,
} from '../../../domain/servicing/close-loan-day.ts';
import { dayPolicyOf, type DayPolicy } from '../../../domain/servicing/day-policy.ts';
import { accountOf, delinquencyIn, type LoanFile } from '../../../domain/servicing/loan-file.ts';
import { postPayment } from '../../../domain/servicing/post-payment.ts';
import { addDays } from '../../../domain/shared/calendar.ts';
import { DomainEvent } from '../../../domain/shared/domain-event.ts';
import { policyPack } from '../catalog-files.ts';
import { aLoanFile, after, aReceived } from './loan-builders.ts';

const policy: DayPolicy = {
  reminderDaysBefore: [3, 1, 0],
  firstPaymentDefaultDays: 30,
  badInfoNoticeDays: 7,
};

interface Seen {
  readonly date: string;
  readonly type: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Closes a loan until a date the way the platform does, and says what happened. */
function closeUntil(
  file: LoanFile,
  today: string,
  given: Partial<DayClosing> = {},
): { readonly file: LoanFile; readonly seen: readonly Seen[] } {
  const seen: Seen[] = [];
  let loan = file.loan;
  for (let date = dateToClose(loan, today); date !== undefined; date = dateToClose(loan, today)) {
    const at = `${date}T00:05:00.000+08:00`;
    loan = closeLoanDay({ ...file, loan }, { date, today, policy, at, ...given });
    const event = DomainEvent.parse(loan.event);
    seen.push({ date, type: event.type, facts: event.facts });
  }
  return { file: { ...file, loan: Loan.parse(loan) }, seen };
}

/** Closes every date on its own day, up to and with the last. */
function closeDaily(file: LoanFile, from: string, until: string) {
  const seen: Seen[] = [];
  for (let date = from; date <= until; date = addDays(date, 1)) {
    const closed = closeUntil(file, date);
    file = closed.file;
    seen.push(...closed.seen);
  }
  return { file, seen };
}

const typesOf = (seen: readonly Seen[]) => seen.map(({ date, type }) => `${date} ${type}`);

describe('closeLoanDay', () => {
  // 30,000 yuan over twelve months from 2026-11-24; nobody pays. 2026-12-24 is a Thursday.
  const unpaid = closeDaily(aLoanFile(), '2026-11-24', '2028-01-31');

  it('looks at a new loan on the next day, and then not before the first reminder', () => {
    const { file, seen } = closeUntil(aLoanFile(), '2026-11-25');
    expect(typesOf(seen)).toEqual(['2026-11-25 LoanDayClosed']);
    expect(file.loan).toMatchObject({ lastClosedOn: '2026-11-25', actOn: '2026-12-21' });
    expect(closeUntil(file, '2026-12-20').seen).toEqual([]);
  });

  it('reminds three days before, one day before and on the day, of what is open', () => {
    const reminders = unpaid.seen
      .filter(({ date }) => date < '2026-12-25')
      .flatMap(({ date, facts }) => (facts['reminders'] ? [[date, facts['reminders']]] : []));
    const due = { dueOn: '2026-12-24', amountFen: 2_631_90 };
    expect(reminders).toEqual([
      ['2026-12-21', [{ ...due, daysBefore: 3 }]],
      ['2026-12-23', [{ ...due, daysBefore: 1 }]],
      ['2026-12-24', [{ ...due, daysBefore: 0 }]],
    ]);
  });

  it.each([
    { daysPastDue: 1, type: 'LoanOverdue', bucket: 'M1', assetClass: 'Attention' },
    { daysPastDue: 31, type: 'LoanBucketChanged', bucket: 'M2', assetClass: 'Attention' },
    { daysPastDue: 61, type: 'LoanBucketChanged', bucket: 'M3', assetClass: 'Attention' },
    { daysPastDue: 91, type: 'LoanBucketChanged', bucket: 'M4', assetClass: 'Substandard' },
    { daysPastDue: 121, type: 'LoanBucketChanged', bucket: 'M5', assetClass: 'Substandard' },
    { daysPastDue: 151, type: 'LoanBucketChanged', bucket: 'M6', assetClass: 'Substandard' },
    { daysPastDue: 181, type: 'LoanBucketChanged', bucket: 'M7', assetClass: 'Substandard' },
    { daysPastDue: 271, type: 'LoanBucketChanged', bucket: 'M7', assetClass: 'Doubtful' },
    { daysPastDue: 361, type: 'LoanBucketChanged', bucket: 'M7', assetClass: 'Loss' },
  ])('says $type, $bucket and $assetClass on day $daysPastDue and not before', (expected) => {
    const date = addDays('2026-12-24', expected.daysPastDue);
    const said = unpaid.seen.filter(({ facts }) => facts['daysPastDue'] === expected.daysPastDue);
    expect(said.map(({ type }) => type)).toContain(expected.type);
    expect(said.find(({ type }) => type === expected.type)).toMatchObject({
      date,
      facts: { bucket: expected.bucket, assetClass: expected.assetClass, asOf: date },
    });
  });

  it('says each thing once: one overdue, eight moves, one first-payment default, one maturity', () => {
    const count = (type: string) => unpaid.seen.filter((each) => each.type === type).length;
    expect(count('LoanOverdue')).toBe(1);
    expect(count('LoanBucketChanged')).toBe(8);
    expect(count('FirstPaymentDefaulted')).toBe(1);
    expect(count('LoanMatured')).toBe(1);
    expect(typesOf(unpaid.seen)).toContain('2027-01-23 FirstPaymentDefaulted');
    expect(typesOf(unpaid.seen)).toContain('2027-11-25 LoanMatured');
  });

  it('begins a bucket exactly where the arithmetic does', () => {
    const begins = Array.from({ length: 400 }, (_, day) => day + 1).filter(
      (day) => bucketOf(day) !== bucketOf(day - 1),
    );
    expect(begins).toEqual([1, 31, 61, 91, 121, 151, 181]);
  });

  it('leaves the index when the loan is as late as it can get', () => {
    const last = closeUntil(unpaid.file, '2031-01-31');
    expect(last.file.loan).not.toHaveProperty('actOn');
    expect(last.file.loan).not.toHaveProperty('dueShard');
  });

  it('touches nothing when the same date is closed again (I13)', () => {
    expect(dateToClose(unpaid.file.loan, unpaid.file.loan.lastClosedOn ?? '')).toBeUndefined();
  });

  it('leaves out the reminders of days that are past when it catches up', () => {
    const { seen } = closeUntil(aLoanFile(), '2026-12-23');
    expect(seen.map(({ date, facts }) => [date, facts['reminders'] !== undefined])).toEqual([
      ['2026-11-25', false],
      ['2026-12-21', false],
      ['2026-12-23', true],
    ]);
  });

  it.each([
    ['2026-12-25', '2027-01-01'],
    ['2026-12-30', '2027-01-06'],
  ])('says, told on %s, that bad information may be reported from %s on', (today, from) => {
    const { seen } = closeUntil(aLoanFile(), today);
    const overdue = seen.find(({ type }) => type === 'LoanOverdue');
    expect(overdue).toMatchObject({ date: '2026-12-25', facts: { reportableFrom: from } });
  });

  it('finds a loan that is no longer late although nobody said so', () => {
    const late = closeDaily(aLoanFile(), '2026-11-24', '2026-12-26').file;
    expect(late.loan.overdueSince).toBe('2026-12-25');
    const paid = after(late, postPayment(late, aReceived(), '2026-12-26T05:00:00.000Z'));
    const silent = { ...paid, loan: { ...paid.loan, overdueSince: '2026-12-25' } };
    const { file, seen } = closeUntil(silent, '2027-01-21');
    expect(seen.map(({ type }) => type)).toContain('LoanCured');
    expect(seen.find(({ type }) => type === 'LoanCured')?.facts).toMatchObject({ isCured: true });
    expect(file.loan).not.toHaveProperty('overdueSince');
  });

  it('gives days of grace: late within them is not late', () => {
    const withGrace = aLoanFile({
      agreement: (agreement) => ({
        ...agreement,
        policy: {
          ...agreement.policy,
          penalty: { ...agreement.policy.penalty, graceDays: 3 },
        },
      }),
    });
    const { seen } = closeDaily(withGrace, '2026-11-24', '2026-12-28');
    expect(seen.filter(({ type }) => type === 'LoanOverdue').map(({ date }) => date)).toEqual([
      '2026-12-28',
    ]);
  });

  it('keeps the chain of versions whole', () => {
    const { loan } = aLoanFile();
    const genesis = loan.version;
    expect(unpaid.file.loan.version).toBe(genesis + unpaid.seen.length);
  });

  it('closes nothing of a loan that is settled, and lets it go', () => {
    const file = aLoanFile();
    const settled = { ...file, loan: { ...file.loan, status: 'Settled' as const } };
    const closed = closeUntil(settled, '2026-11-25').file.loan;
    expect(closed).not.toHaveProperty('actOn');
  });
});

/** Payments of any amount on any day, and days on which the close did not run. */
const history = fc.record({
  payments: fc.array(
    fc.record({
      day: fc.integer({ min: 1, max: 420 }),
      amountFen: fc.integer({ min: 1, max: 6_000_00 }),
      isBeforeClose: fc.boolean(),
    }),
    { maxLength: 14 },
  ),
  outages: fc.array(fc.integer({ min: 1, max: 420 }), { maxLength: 60 }),
});
type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

const marks = ({ loan }: LoanFile) => ({
  status: loan.status,
  isOverdue: loan.overdueSince !== undefined,
  bucket: loan.bucket,
  firstPaymentDefaultedOn: loan.firstPaymentDefaultedOn,
  maturedOn: loan.maturedOn,
});

/** What a loan is, without what a close once found: a payment that came first leaves it nothing to find. */
const standing = (file: LoanFile) => {
  const { status, isOverdue, bucket } = marks(file);
  return { status, isOverdue, bucket };
};

function live({ payments, outages }: History, isDaily: boolean): LoanFile {
  let file = aLoanFile();
  const closed = (date: string) => {
    file = closeUntil(file, date).file;
  };
  for (let day = 1; day <= 430; day += 1) {
    const date = addDays('2026-11-24', day);
    const pays = payments.filter((payment) => payment.day === day);
    const isOut = !isDaily && outages.includes(day);
    const pay = (isBeforeClose: boolean) => {
      for (const [index, payment] of pays.entries()) {
        if (payment.isBeforeClose !== isBeforeClose) continue;
        const reference = `bank-${day}-${index}`;
        const received = aReceived({ reference, amountFen: payment.amountFen, valueDate: date });
        file = after(file, postPayment(file, received, `${date}T12:00:00.000+08:00`));
      }
    };
    pay(true);
    if (!isOut) closed(date);
    pay(false);
  }
  closed(addDays('2026-11-24', 431));
  return file;
}

describe('a loan closed day after day', () => {
  it('ends with the same marks when days were missed and caught up in order (I13)', () => {
    fc.assert(
      fc.property(history, (given) => {
        const missed = live(given, false);
        // A default of the first installment is noted on the day it is found; caught up, that is the day it was.
        expect(marks(missed)).toEqual(marks(live(given, true)));
      }),
      { numRuns: 25 },
    );
  });

  it('ends with the same marks whether a payment of the day comes before or after its close', () => {
    fc.assert(
      fc.property(history, (given) => {
        const flipped = {
          ...given,
          payments: given.payments.map((payment) => ({
            ...payment,
            isBeforeClose: !payment.isBeforeClose,
          })),
        };
        expect(standing(live(given, true))).toEqual(standing(live(flipped, true)));
      }),
      { numRuns: 25 },
    );
  });

  it('notes maturity only when the close of the day after finds something owed', () => {
    const payments = [
      { day: 1, amountFen: 28_000_00 },
      { day: 366, amountFen: 9_000_00 },
    ];
    const paidOff = (isBeforeClose: boolean) =>
      marks(
        live(
          { payments: payments.map((payment) => ({ ...payment, isBeforeClose })), outages: [] },
          true,
        ),
      );
    expect(paidOff(true)).toMatchObject({ status: 'Settled', maturedOn: undefined });
    expect(paidOff(false)).toMatchObject({ status: 'Settled', maturedOn: '2027-11-24' });
  });

  it('is marked every day as the arithmetic says, and acts on no day it need not', () => {
    fc.assert(
      fc.property(history, ({ payments }) => {
        let file = aLoanFile();
        for (let day = 1; day <= 430; day += 1) {
          const date = addDays('2026-11-24', day);
          file = closeUntil(file, date).file;
          if (file.loan.status === 'Active') {
            const { bucket, daysPastDue } = delinquencyIn(file, accountOf(file, date));
            expect({ date, bucket: file.loan.bucket }).toEqual({ date, bucket });
            expect(file.loan.overdueSince !== undefined).toBe(daysPastDue > 0);
          }
          for (const { amountFen, day: onDay } of payments) {
            if (onDay !== day) continue;
            const reference = `bank-${day}-${amountFen}`;
            if (file.payments.some((each) => each.reference === reference)) continue;
            const received = aReceived({ reference, amountFen, valueDate: date });
            file = after(file, postPayment(file, received, `${date}T12:00:00.000+08:00`));
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('dayPolicyOf', () => {
  const scope = { lenderType: 'OnlineMicroloan' as const, date: '2026-11-24' };

  it('reads the days from the pack in force', () => {
    expect(dayPolicyOf(policyPack, scope)).toEqual(policy);
  });

  it('refuses days that are none', () => {
    const leaves = policyPack.leaves.map((leaf) =>
      leaf.path === 'reminder.daysBefore' ? { ...leaf, value: ['soon'] } : leaf,
    );
    expect(() => dayPolicyOf({ ...policyPack, leaves }, scope)).toThrow('whole days');
  });
});
