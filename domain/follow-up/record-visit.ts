import type { Loan } from '../loans/loan.ts';
import { dueShardOf } from '../disbursement/activate-loan.ts';
import { accountOf, delinquencyIn, type LoanFile } from '../servicing/loan-file.ts';
import { servicingFactsOf } from '../servicing/servicing-facts.ts';
import { addDays } from '../shared/calendar.ts';
import { changeAggregate } from '../shared/change-aggregate.ts';
import type { VisitRecord } from './visit-record.ts';

export interface Visit {
  readonly visitNumber: number;
  readonly visitedOn: string;
  readonly questionnaire: string;
  readonly answers: Readonly<Record<string, string>>;
  readonly worries: readonly string[];
  readonly operatorId: string;
  readonly at: string;
}

/** The name of a visit's record: four digits, so that visits sort. */
export function visitRecordOf(visitNumber: number): string {
  return `visit#${String(visitNumber).padStart(4, '0')}`;
}

/**
 * What a visit changes: its record, and a loan that says what was found. An answer that worries moves the next visit
 * closer, never further away. A loan that has ended is not visited again.
 */
export function recordVisit(
  file: LoanFile,
  visit: Visit,
): { readonly loan: Loan; readonly record: VisitRecord } {
  const { loan, agreement } = file;
  const { visitNumber, visitedOn, at, operatorId, worries } = visit;
  const account = accountOf(file, visitedOn);
  const { visits } = agreement;
  const isToVisitSooner = worries.length > 0 && loan.status === 'Active' && visits !== undefined;
  const patch = isToVisitSooner ? sooner(loan, addDays(visitedOn, visits.afterWorryDays)) : {};
  return {
    loan: changeAggregate(loan, {
      subjectId: loan.loanId,
      patch,
      event: {
        type: 'FollowUpVisited',
        at,
        actor: `operator:${operatorId}`,
        facts: {
          ...servicingFactsOf(loan, account, delinquencyIn(file, account)),
          visitNumber,
          worries,
        },
      },
    }),
    record: {
      ...visit,
      loanId: loan.loanId,
      record: visitRecordOf(visitNumber),
      worries: [...worries],
      answers: { ...visit.answers },
    },
  };
}

/** The day close looks at the loan on the new date, if it would not have looked before. */
function sooner(
  { loanId, nextVisitOn, actOn }: Loan,
  date: string,
): Pick<Loan, 'nextVisitOn' | 'actOn' | 'dueShard'> {
  const next = nextVisitOn === undefined || date < nextVisitOn ? date : nextVisitOn;
  return {
    nextVisitOn: next,
    actOn: actOn === undefined || next < actOn ? next : actOn,
    dueShard: dueShardOf(loanId),
  };
}
