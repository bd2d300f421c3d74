import { type FormatCheck, invalid, valid } from './format-check.ts';

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkCharacters = '10X98765432';
const provinces = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(
    ' ',
  ),
);
/** No such province exists: numbers that start with it belong to nobody and may appear in tests and demonstrations. */
const testProvince = '99';
const daysInMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export interface ResidentIdOptions {
  /** Sandboxes accept the invented area 990000; production never does. */
  readonly allowTestArea: boolean;
  /** The business date; a birth date after it is refused. */
  readonly today?: string;
}

/** The number as it is stored and hashed: trimmed, the check character in upper case. */
export function normaliseResidentId(text: string): string {
  return text.trim().replace(/x$/, 'X');
}

/** Checks a resident identity number of 18 characters (GB 11643-1999). The retired form of 15 digits is refused. */
export function checkResidentId(text: string, options: ResidentIdOptions): FormatCheck {
  const value = normaliseResidentId(text);
  if (!/^\d{17}[\dX]$/.test(value)) return invalid('must have 17 digits and a digit or X');
  const province = value.slice(0, 2);
  const isTestArea = province === testProvince && options.allowTestArea;
  if (!provinces.has(province) && !isTestArea) return invalid('has an unknown province');
  const birthDate = birthDateOf(value);
  if (!isCalendarDate(birthDate)) return invalid('has an impossible birth date');
  if (options.today !== undefined && birthDate > options.today)
    return invalid('has a birth date in the future');
  if (value.at(-1) !== checkCharacterOf(value)) return invalid('has a wrong check character');
  return valid(value);
}

/** The birth date inside a well-formed number. Text only: clocks of 1986 to 1991 had summer time in China. */
export function birthDateOf(residentId: string): string {
  return `${residentId.slice(6, 10)}-${residentId.slice(10, 12)}-${residentId.slice(12, 14)}`;
}

/** The province prefix inside a well-formed number. */
export function provinceOf(residentId: string): string {
  return residentId.slice(0, 2);
}

/** Completed years on a date. Somebody born on 29 February completes a year on 1 March of a common year. */
export function ageOn(birthDate: string, date: string): number {
  const years = Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return date.slice(5) >= birthDate.slice(5) ? years : years - 1;
}

function checkCharacterOf(value: string): string {
  const sum = weights.reduce((total, weight, at) => total + weight * Number(value.charAt(at)), 0);
  return checkCharacters.charAt(sum % 11);
}

function isCalendarDate(date: string): boolean {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && isLeap ? 29 : (daysInMonths[month - 1] ?? 0);
  return day >= 1 && day <= days;
}
