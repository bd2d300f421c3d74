import { chineseHolidays } from './chinese-holidays.ts';
import { InvalidInput } from './errors.ts';

/**
 * Dates without a clock or a time zone: a date is `YYYY-MM-DD` at the border and a day number (days since 1970-01-01)
 * inside. No Date object: nothing here can depend on where it runs.
 */
export type MonthEnd = 'Clamp' | 'Roll';

const FIRST_YEAR = 1900;
const LAST_YEAR = 2299;
const MONTHS = (LAST_YEAR - FIRST_YEAR + 1) * 12;
const HYPHEN = 45;
const MILLISECONDS_PER_DAY = 86_400_000;
const SHANGHAI_OFFSET_MILLISECONDS = 8 * 3_600_000;

/** Day number of the first of every month from 1900-01, one entry past the last month; made when a date is first asked for. */
let firstDayOfMonth: Int32Array | undefined;

function buildFirstDays(): Int32Array {
  const days = new Int32Array(MONTHS + 1);
  // 1900-01-01 is 25,567 days before 1970-01-01.
  let day = -25_567;
  for (let month = 0; month <= MONTHS; month++) {
    days[month] = day;
    day += lengthOfMonth(FIRST_YEAR + Math.floor(month / 12), month % 12);
  }
  return days;
}

function lengthOfMonth(year: number, month: number): number {
  if (month === 1) return isLeapYear(year) ? 29 : 28;
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31;
}

/** Whether the year has 366 days. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Day number of the first day of a month counted from 1900-01 (month 0). */
export function startOfMonth(month: number): number {
  const day = (firstDayOfMonth ??= buildFirstDays())[month];
  if (day === undefined) throw new InvalidInput(`a date outside ${FIRST_YEAR}-${LAST_YEAR}`);
  return day;
}

/** The month (counted from 1900-01) a day number falls in. */
export function monthOfDay(day: number): number {
  let month = Math.floor((day + 25_567) / 30.436875);
  if (day < startOfMonth(month)) month--;
  else if (day >= startOfMonth(month + 1)) month++;
  return month;
}

/** The day number of January the first of the year a day number falls in, and that year's length. */
export function yearOfDay(day: number): { readonly start: number; readonly days: number } {
  const january = monthOfDay(day) - (monthOfDay(day) % 12);
  const start = startOfMonth(january);
  return { start, days: startOfMonth(january + 12) - start };
}

/** The day number of a date that exists, as `YYYY-MM-DD`. */
export function toDayNumber(date: string): number {
  const year = digitsAt(date, 0) * 100 + digitsAt(date, 2);
  const month = digitsAt(date, 5);
  const day = digitsAt(date, 8);
  const index = (year - FIRST_YEAR) * 12 + month - 1;
  const isShaped =
    date.length === 10 && date.charCodeAt(4) === HYPHEN && date.charCodeAt(7) === HYPHEN;
  const isMonth = month >= 1 && month <= 12 && index >= 0 && index < MONTHS;
  if (!isShaped || !isMonth || day < 1) throw new InvalidInput(`not a date: ${date}`);
  const result = startOfMonth(index) + day - 1;
  if (result >= startOfMonth(index + 1)) throw new InvalidInput(`not a date: ${date}`);
  return result;
}

/** Two digits read by hand, a third of the time of a pattern; anything else gives a number no date has. */
function digitsAt(date: string, place: number): number {
  const tens = date.charCodeAt(place) - 48;
  const ones = date.charCodeAt(place + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -10_000;
}

const texts = new Map<number, string>();

/** The date of a day number; remembered, since a portfolio shares few dates. */
export function fromDayNumber(day: number): string {
  const known = texts.get(day);
  if (known !== undefined) return known;
  const month = monthOfDay(day);
  const year = FIRST_YEAR + Math.floor(month / 12);
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  const text = `${year}-${twoDigits((month % 12) + 1)}-${twoDigits(day - startOfMonth(month) + 1)}`;
  texts.set(day, text);
  return text;
}

/** The business date in Asia/Shanghai of an instant; China has kept UTC+8 without summer time since 1991. */
export function businessDateOf(instantMs: number): string {
  return fromDayNumber(
    Math.floor((instantMs + SHANGHAI_OFFSET_MILLISECONDS) / MILLISECONDS_PER_DAY),
  );
}

/** The date so many days later (earlier when negative). */
export function addDays(date: string, days: number): string {
  return fromDayNumber(toDayNumber(date) + days);
}

/** Days from the first date to the second: the first counts, the second does not. */
export function daysBetween(from: string, to: string): number {
  return toDayNumber(to) - toDayNumber(from);
}

/**
 * Day number of the anchor day in a month counted from 1900-01. A month too short for it gives its last day (Clamp,
 * Civil Code art. 202) or the first of the next month (Roll).
 */
export function dayInMonth(month: number, anchorDay: number, monthEnd: MonthEnd): number {
  const next = startOfMonth(month + 1);
  const day = startOfMonth(month) + anchorDay - 1;
  if (day < next) return day;
  return monthEnd === 'Clamp' ? next - 1 : next;
}

/** So many months after the day given. Add to the first date, never to the last result, to keep the anchor day. */
export function addMonthsToDay(day: number, months: number, monthEnd: MonthEnd = 'Clamp'): number {
  const month = monthOfDay(day);
  return dayInMonth(month + months, day - startOfMonth(month) + 1, monthEnd);
}

/** So many months after the date given; see `addMonthsToDay`. */
export function addMonths(date: string, months: number, monthEnd: MonthEnd = 'Clamp'): string {
  return fromDayNumber(addMonthsToDay(toDayNumber(date), months, monthEnd));
}

interface Holidays {
  readonly daysOff: ReadonlySet<number>;
  readonly daysWorked: ReadonlySet<number>;
}

// Read when first asked for: most functions load the calendar and ask for no business day.
let holidays: Holidays | undefined;

function readHolidays(): Holidays {
  const daysOff = new Set<number>();
  const daysWorked = new Set<number>();
  for (const [year, off, worked] of chineseHolidays) {
    for (const day of daysOf(year, off)) daysOff.add(day);
    for (const day of daysOf(year, worked)) daysWorked.add(day);
  }
  return { daysOff, daysWorked };
}

function daysOf(year: string, spans: string): readonly number[] {
  return spans
    .split(' ')
    .filter((span) => span !== '')
    .flatMap((span) => {
      const [first = '', last = first] = span.split('/');
      const start = toDayNumber(`${year}-${first}`);
      const count = toDayNumber(`${year}-${last}`) - start + 1;
      return Array.from({ length: count }, (_, index) => start + index);
    });
}

/** Whether banks work on the day: weekdays but for holidays, and the weekend days worked to make up for them. */
export function isBusinessDayNumber(day: number): boolean {
  const { daysOff, daysWorked } = (holidays ??= readHolidays());
  if (daysWorked.has(day)) return true;
  if (daysOff.has(day)) return false;
  // 1970-01-01 was a Thursday: 0 is Monday here.
  const weekday = (((day + 3) % 7) + 7) % 7;
  return weekday < 5;
}

/** The day itself when banks work on it, else the next one on which they do. */
export function nextBusinessDayNumber(day: number): number {
  let next = day;
  while (!isBusinessDayNumber(next)) next++;
  return next;
}

/** Whether the date is a Chinese business day. */
export function isBusinessDay(date: string): boolean {
  return isBusinessDayNumber(toDayNumber(date));
}

/** The date itself when it is a business day, else the next one (Civil Code art. 203). */
export function nextBusinessDay(date: string): string {
  return fromDayNumber(nextBusinessDayNumber(toDayNumber(date)));
}
