import type { Loan } from '../loans/loan.ts';
import type { BusinessDay } from '../servicing/business-day.ts';
import { dateToClose } from '../servicing/close-loan-day.ts';
import type { DayPolicy } from '../servicing/day-policy.ts';
import type { ParkedLoan } from '../servicing/day-close-ports.ts';
import { accountOf, type LoanFile } from '../servicing/loan-file.ts';
import { nextActOn } from '../servicing/next-act-on.ts';
import { addDays } from '../shared/calendar.ts';
import type { AuditFinding } from './finding.ts';

/** Judges the runs of the day close: from the first on, every date was closed by one of them. */
export function auditBusinessDays(days: readonly BusinessDay[]): AuditFinding[] {
  const closed = days
    .filter(({ status }) => status === 'Closed')
    .toSorted((a, b) => (a.businessDate < b.businessDate ? -1 : 1));
  return closed.flatMap((day, index) => {
    const before = closed[index - 1];
    if (before === undefined || day.closesFrom <= addDays(before.businessDate, 1)) return [];
    const because = `closes from ${day.closesFrom}, but ${before.businessDate} was the last before`;
    return [{ invariant: 'I13', subjectId: day.businessDate, because }];
  });
}

/**
 * Judges one running loan by the last date that was closed: nothing that was due on a date up to then is left undone, and
 * the loan waits for no later date than its account asks for. A parked loan has its reason to stand still.
 */
export function auditLoanClosing(
  file: LoanFile,
  {
    closedOn,
    policy,
    parked,
  }: {
    readonly closedOn: string;
    readonly policy: DayPolicy;
    readonly parked: ParkedLoan | undefined;
  },
): AuditFinding[] {
  const { loan } = file;
  const { loanId: subjectId } = loan;
  if (parked !== undefined)
    return parked.reason === ''
      ? [{ invariant: 'I14', subjectId, because: 'parked without a reason' }]
      : [];
  if (loan.status !== 'Active') return stillWaiting(loan);
  const missed = dateToClose(loan, closedOn);
  if (missed !== undefined)
    return [
      { invariant: 'I13', subjectId, because: `${missed} was not closed, and ${closedOn} was` },
    ];
  const lastClosedOn = loan.lastClosedOn ?? loan.disbursedOn ?? closedOn;
  const expected = nextActOn(file, accountOf(file, lastClosedOn), policy);
  if (expected === undefined || (loan.actOn !== undefined && loan.actOn <= expected)) return [];
  const because = `waits for ${loan.actOn ?? 'nothing'}, but something is to be done on ${expected}`;
  return [{ invariant: 'I13', subjectId, because }];
}

function stillWaiting({ loanId, status, actOn }: Loan): AuditFinding[] {
  if (actOn === undefined) return [];
  return [{ invariant: 'I13', subjectId: loanId, because: `is ${status} and waits for ${actOn}` }];
}
