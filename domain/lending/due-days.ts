import {
  addMonthsToDay,
  dayInMonth,
  monthOfDay,
  nextBusinessDayNumber,
  startOfMonth,
  type MonthEnd,
} from '../shared/calendar.ts';
import type { LoanPlan } from './loan-plan.ts';

export type DueDays = {
  /** Strictly rising, one per installment, as day numbers. */
  readonly days: readonly number[];
  /** The first of them before it was moved off a holiday. */
  readonly firstNominalDay: number;
  /** Length of the first period when it is whole months, whatever the dates; undefined when it is not, or no months. */
  readonly firstMonths: number | undefined;
};

/** The due dates of the plan as day numbers. */
export function dueDays(plan: LoanPlan): DueDays {
  const { terms, disbursedDay } = plan;
  const nominal = terms.unit === 'Month' ? monthlyDays(plan) : fixedDays(plan);
  const [firstNominalDay = disbursedDay] = nominal.days;
  const days = terms.holidayRoll === 'None' ? nominal.days : rollOffHolidays(nominal.days);
  return { days, firstNominalDay, firstMonths: nominal.firstMonths };
}

type NominalDays = Pick<DueDays, 'days' | 'firstMonths'>;

function fixedDays({ terms, disbursedDay, firstDueDay }: LoanPlan): NominalDays {
  const step = terms.every * (terms.unit === 'Week' ? 7 : 1);
  const first = firstDueDay ?? disbursedDay + step;
  const days: number[] = [];
  for (let index = 0; index < terms.installments; index++) days.push(first + index * step);
  return { days, firstMonths: undefined };
}

function monthlyDays(plan: LoanPlan): NominalDays {
  const { terms, disbursedDay } = plan;
  const { anchor, months } = anchorOf(plan);
  const month = monthOfDay(anchor);
  const anchorDay = anchor - startOfMonth(month) + 1;
  const days: number[] = [];
  for (let index = 0; index < terms.installments; index++) {
    days.push(dayInMonth(month + months + index * terms.every, anchorDay, terms.monthEnd));
  }
  return { days, firstMonths: anchor === disbursedDay ? months : undefined };
}

type Anchor = { readonly anchor: number; readonly months: number };

/**
 * The day that all due dates are counted from, and the months from it to the first of them. When the first due date is
 * whole months after disbursement the day of disbursement is kept (31 January, 28 February, 31 March); else its own is.
 */
function anchorOf({ terms, disbursedDay, firstDueDay }: LoanPlan): Anchor {
  if (firstDueDay === undefined) return { anchor: disbursedDay, months: terms.every };
  const months = wholeMonthsTo(firstDueDay, disbursedDay, terms.monthEnd);
  return months === undefined
    ? { anchor: firstDueDay, months: 0 }
    : { anchor: disbursedDay, months };
}

/** How many whole months after `from` the day is, or undefined when it is between two such days. */
function wholeMonthsTo(day: number, from: number, monthEnd: MonthEnd): number | undefined {
  const apart = monthOfDay(day) - monthOfDay(from);
  // A rolled date lies in the month after the one it belongs to.
  return [apart, apart - 1].find(
    (months) => months > 0 && addMonthsToDay(from, months, monthEnd) === day,
  );
}

/** Moves dates off holidays; a date that would land on the one before it goes to the business day after that. */
function rollOffHolidays(days: readonly number[]): readonly number[] {
  let previous = Number.NEGATIVE_INFINITY;
  return days.map((day) => {
    previous = nextBusinessDayNumber(Math.max(day, previous + 1));
    return previous;
  });
}
