import { fromDayNumber, toDayNumber } from '../../shared/calendar.ts';
import { InvalidTransition } from '../../shared/errors.ts';
import { AccrualCalendar } from './accrual-calendar.ts';
import { openOf, type Installment } from './installment.ts';
import type { LoanBook } from './loan-book.ts';
import type { Restructuring } from './loan-event.ts';
import { settleAdvance } from './prepay.ts';

/**
 * Changes what is not due yet: rate, number, days or principal of the installments to come. Interest earned by the day
 * falls due with the next of them, at the rate it was earned at.
 */
export function restructure(book: LoanBook, change: Restructuring, day: number): void {
  const [running] = book.future(day);
  if (running === undefined) {
    throw new InvalidTransition('cannot restructure a loan with no installment to come');
  }
  const settledFen = settleAdvance(book, day);
  const { calendar, days } = newDays(book, change, running);
  const carriedSpans = running.spans
    .filter((span) => span.from < day)
    .map((span) => ({ ...span, to: Math.min(span.to, day) }));
  const earnedFen = book.runningInterest(day) - (settledFen ?? 0);
  const spreadFen = change.isPastDuePrincipalSpread ? takePastDuePrincipal(book, day) : 0;
  // What was earned on the old balance stays what it is when the balance changes: principal past due joins it, or what
  // was paid in advance leaves it.
  const isSameBalance = spreadFen === 0 && settledFen === undefined;
  book.replan({
    day,
    balanceFen: book.futurePrincipal(day) + spreadFen,
    isRepaid: false,
    isLevelKept: change.isInstallmentKept,
    calendar,
    days,
    carriedSpans: isSameBalance ? carriedSpans : [],
    carriedFen: isSameBalance ? running.carriedFen : earnedFen,
    ...(change.annualRate === undefined ? {} : { annualRate: change.annualRate }),
  });
}

/** The days to come after the change, and the calendar that counts the days between them. */
function newDays(
  book: LoanBook,
  { moreInstallments = 0, holidayPeriods = 0, nextDueOn }: Restructuring,
  running: Installment,
): { readonly calendar: AccrualCalendar; readonly days: readonly number[] } {
  const count = book.future(running.dueDay - 1).length + moreInstallments;
  if (nextDueOn === undefined) {
    const calendar = book.calendar.extended(moreInstallments + holidayPeriods);
    const start = calendar.days.indexOf(running.dueDay) + holidayPeriods;
    return { calendar, days: toRepay(book, calendar.days.slice(start, start + count)) };
  }
  const from = running.spans[0]?.from ?? running.dueDay;
  if (toDayNumber(nextDueOn) <= from) {
    throw new InvalidTransition('cannot move an installment before the period it is for');
  }
  const calendar = new AccrualCalendar({
    ...book.terms,
    disbursedOn: fromDayNumber(from),
    firstDueOn: nextDueOn,
    installments: count + holidayPeriods,
  });
  return { calendar, days: toRepay(book, calendar.days.slice(holidayPeriods)) };
}

/** A bullet loan is repaid on the last of the days only. */
function toRepay(book: LoanBook, days: readonly number[]): readonly number[] {
  return book.terms.method === 'Bullet' ? days.slice(-1) : days;
}

/** Principal past due leaves its installments; interest, fees and penalty past due stay where they are. */
function takePastDuePrincipal(book: LoanBook, day: number): number {
  let taken = 0;
  for (const one of book.installments) {
    if (one.dueDay > day) continue;
    taken += openOf(one, 'Principal');
    one.due.Principal = one.paid.Principal;
  }
  return taken;
}
