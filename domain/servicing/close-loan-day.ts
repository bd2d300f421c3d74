import { dueShardOf } from '../disbursement/activate-loan.ts';
import { delinquencyOf, type Delinquency } from '../lending/servicing/delinquency.ts';
import type { LoanAccount } from '../lending/servicing/replay.ts';
import type { Loan } from '../loans/loan.ts';
import { addDays } from '../shared/calendar.ts';
import { changeAggregate } from '../shared/change-aggregate.ts';
import type { DayPolicy } from './day-policy.ts';
import { accountOf, delinquencyIn, openFenOf, type LoanFile } from './loan-file.ts';
import { firstInstallmentOf, nextActOn } from './next-act-on.ts';
import { servicingFactsOf } from './servicing-facts.ts';

export interface DayClosing {
  /** The business date that is closed for the loan. */
  readonly date: string;
  /** The business date of the run: later than `date` when missed dates are caught up. */
  readonly today: string;
  readonly policy: DayPolicy;
  readonly at: string;
}

/** One change of a loan, without its bookkeeping: what it is called and what it sets. */
interface Mark {
  readonly type: string;
  readonly patch: Partial<Loan>;
  readonly isOverdueEnded?: boolean;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** The business date the loan waits for, when it is not after `until`: the one it must be acted on, each date once (I13). */
export function dateToClose(
  { actOn, lastClosedOn, status }: Loan,
  until: string,
): string | undefined {
  if (actOn === undefined || status === 'Paying') return undefined;
  const afterLast = lastClosedOn === undefined ? actOn : addDays(lastClosedOn, 1);
  const date = actOn > afterLast ? actOn : afterLast;
  return date <= until ? date : undefined;
}

/**
 * The loan after the next change that the close of a business date makes, from nothing but its file and the date. A date
 * that needs several changes (overdue, and a reminder of the next installment) takes several calls: each is one version
 * with one event, and the last one notes the date as closed and says when to look again. The account is the one at the
 * end of the date as far as it is known: an installment unpaid on the day after its due date is one day late.
 *
 * Penalty and interest are never posted: they are what the arithmetic says on the day somebody asks.
 */
export function closeLoanDay(file: LoanFile, closing: DayClosing): Loan {
  const { date, at } = closing;
  const account = accountOf(file, date);
  const delinquency = delinquencyIn(file, account);
  const marks = marksOf(file, { account, delinquency, closing });
  const [mark = { type: 'LoanDayClosed', patch: {} }] = marks;
  const loan = { ...file.loan };
  if (mark.isOverdueEnded === true) delete loan.overdueSince;
  const marked = { ...loan, ...mark.patch };
  const isLast = marks.length <= 1;
  const closed = isLast ? closedOn({ ...file, loan: marked }, account, closing) : {};
  if (isLast && closed.actOn === undefined) {
    delete loan.actOn;
    delete loan.dueShard;
  }
  return changeAggregate(loan, {
    subjectId: loan.loanId,
    patch: { ...mark.patch, ...closed },
    event: {
      type: mark.type,
      at,
      actor: 'workflow',
      facts: { ...servicingFactsOf(marked, account, delinquency), ...mark.facts },
    },
  });
}

/** What notes a date as closed: the loan leaves the index, or stands in it under its next date. */
function closedOn(
  file: LoanFile,
  account: LoanAccount,
  { date, policy }: DayClosing,
): Pick<Loan, 'lastClosedOn' | 'actOn' | 'dueShard'> {
  const { loan } = file;
  const actOn = loan.status === 'Active' ? nextActOn(file, account, policy) : undefined;
  if (actOn === undefined) return { lastClosedOn: date };
  return { lastClosedOn: date, actOn, dueShard: dueShardOf(loan.loanId) };
}

interface Judged {
  readonly account: LoanAccount;
  readonly delinquency: Delinquency;
  readonly closing: DayClosing;
}

/** Everything the date still has to say about the loan, in the order in which it is said. */
function marksOf(file: LoanFile, judged: Judged): readonly Mark[] {
  if (file.loan.status !== 'Active') return [];
  return [
    ...lateness(file.loan, judged),
    ...firstPaymentDefault(file, judged),
    ...maturity(file.loan, judged),
    ...visit(file, judged),
    ...reminders(judged),
  ];
}

/** Overdue, cured without anybody having said so, or in another bucket or class than last announced. */
function lateness(loan: Loan, { delinquency, closing }: Judged): readonly Mark[] {
  const { daysPastDue, bucket, assetClass } = delinquency;
  const patch = { bucket, assetClass };
  if (daysPastDue === 0 && loan.overdueSince !== undefined)
    return [{ type: 'LoanCured', patch, isOverdueEnded: true, facts: { isCured: true } }];
  if (daysPastDue > 0 && loan.overdueSince === undefined)
    return [
      {
        type: 'LoanOverdue',
        patch: { ...patch, overdueSince: closing.date },
        facts: { reportableFrom: addDays(closing.today, closing.policy.badInfoNoticeDays) },
      },
    ];
  if (loan.bucket === bucket && loan.assetClass === assetClass) return [];
  const facts = { bucketBefore: loan.bucket, assetClassBefore: loan.assetClass };
  return [{ type: 'LoanBucketChanged', patch, facts }];
}

function firstPaymentDefault(
  { loan, agreement }: LoanFile,
  { account, closing: { date, policy } }: Judged,
): readonly Mark[] {
  const first = firstInstallmentOf(account);
  if (first === undefined || loan.firstPaymentDefaultedOn !== undefined) return [];
  const alone = { ...account, rows: [first] };
  const { daysPastDue } = delinquencyOf(alone, agreement.policy.penalty, agreement.classes);
  if (daysPastDue < Math.max(1, policy.firstPaymentDefaultDays)) return [];
  const patch = { firstPaymentDefaultedOn: date };
  return [{ type: 'FirstPaymentDefaulted', patch, facts: { firstDueOn: first.dueOn } }];
}

/** The contract is over and something is still owed: everything is due now. */
function maturity({ maturesOn, maturedOn }: Loan, { closing }: Judged): readonly Mark[] {
  if (maturesOn === undefined || maturesOn >= closing.date || maturedOn === maturesOn) return [];
  return [{ type: 'LoanMatured', patch: { maturedOn: maturesOn }, facts: { maturesOn } }];
}

/** A visit falls due: the next one is planned at once, so that a visit nobody makes is not the last. */
function visit({ loan, agreement }: LoanFile, { closing: { date } }: Judged): readonly Mark[] {
  const { nextVisitOn } = loan;
  if (agreement.visits === undefined || nextVisitOn === undefined || nextVisitOn > date) return [];
  const visitNumber = (loan.visitNumber ?? 0) + 1;
  const patch = { visitNumber, nextVisitOn: addDays(date, agreement.visits.everyDays) };
  return [{ type: 'FollowUpVisitDue', patch, facts: { visitNumber } }];
}

/** A reminder of yesterday helps nobody: while missed dates are caught up, only the date of the run reminds. */
function reminders({ account, closing: { date, today, policy } }: Judged): readonly Mark[] {
  if (date < today) return [];
  const due = policy.reminderDaysBefore.flatMap((daysBefore) => {
    const dueOn = addDays(date, daysBefore);
    const amountFen = account.rows
      .filter((row) => row.dueOn === dueOn)
      .reduce((sum, row) => sum + openFenOf(row), 0);
    return amountFen > 0 ? [{ dueOn, daysBefore, amountFen }] : [];
  });
  return due.length === 0 ? [] : [{ type: 'LoanDayClosed', patch: {}, facts: { reminders: due } }];
}
