import { addMonthsToDay, monthOfDay, yearOfDay } from '../shared/calendar.ts';
import type { Ratio } from '../shared/money.ts';
import { reduce } from './annual-rate.ts';
import type { Accrual } from './terms.ts';

/** Days from one day number to another as a share of a year; the first day counts, the last does not (算头不算尾). */
export function actualFraction(
  accrual: Exclude<Accrual, 'Thirty360'>,
  from: number,
  to: number,
): Ratio {
  switch (accrual) {
    case 'Actual360':
      return reduce(to - from, 360);
    case 'Actual365':
      return reduce(to - from, 365);
    case 'ActualActual':
      return actualActual(from, to);
  }
}

/**
 * Splits the days at New Year: each part is a share of its own year of 365 or 366 days. The split is at 31 December, as
 * in the published schedules: the night to New Year's Day already counts to the new year.
 */
function actualActual(from: number, to: number): Ratio {
  let in365 = 0;
  let in366 = 0;
  for (let day = from; day < to;) {
    const year = yearOfDay(day + 1);
    const end = Math.min(to, year.start + year.days - 1);
    if (year.days === 366) in366 += end - day;
    else in365 += end - day;
    day = end;
  }
  return reduce(in365 * 366 + in366 * 365, 365 * 366);
}

/**
 * Months and odd days under 30/360: whole months are twelfths whatever their length, odd days a share of the actual
 * month they fall in, so that interest to a day within a period never exceeds that of the period.
 */
export function thirty360Fraction(from: number, to: number): Ratio {
  let months = monthOfDay(to) - monthOfDay(from);
  while (addMonthsToDay(from, months) > to) months--;
  const start = addMonthsToDay(from, months);
  const length = addMonthsToDay(from, months + 1) - start;
  return reduce(months * length + to - start, 12 * length);
}
