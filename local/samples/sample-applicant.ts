import { passesLuhn, withIdCheckDigit } from '../sandbox/magic.ts';
import { germanRows } from './german-row.ts';
import type { GermanRow } from './german-row.ts';

/** The day on which a sample applicant is as old as the German set says. */
const REFERENCE_YEAR = 2026;
const SAMPLE_COUNT = 1000;
/** Days 2 January to 31 December of a year without leap day: the first of January is kept for test numbers. */
const BIRTHDAYS = 364;
const DAY_MS = 86_400_000;

/** The rounds a sample can be sent in with a different synthetic person each time. */
export const cyclesMax = BIRTHDAYS;

/**
 * The identity number of a sample: area 990000, which no province has, a birthday that gives the row's age, and the row's
 * number as sequence. The parity of the sequence, which would tell a sex, follows the row number and means nothing.
 */
export function sampleIdNumber(row: GermanRow, cycle: number): string {
  const birthYear = REFERENCE_YEAR - 1 - row.ageYears;
  const dayOfYear = (row.index * 89 + cycle) % BIRTHDAYS;
  // Counted in a common year, so that a birthday exists in every year and needs no time zone.
  const monthDay = new Date(Date.UTC(2023, 0, 2) + dayOfYear * DAY_MS).toISOString().slice(5, 10);
  const sequence = String(row.index).padStart(3, '0');
  return withIdCheckDigit(`990000${birthYear}${monthDay.replace('-', '')}${sequence}`);
}

/** The row behind a sample's identity number; undefined for everybody else. */
export function sampleRowOf(idNumber: string): GermanRow | undefined {
  if (!/^990000\d{11}[\dX]$/.test(idNumber) || idNumber.slice(10, 14) === '0101') return undefined;
  const row = germanRows()[Number(idNumber.slice(14, 17))];
  if (row === undefined) return undefined;
  const isAgeRight = Number(idNumber.slice(6, 10)) === REFERENCE_YEAR - 1 - row.ageYears;
  return isAgeRight ? row : undefined;
}

const stems = '甲乙丙丁戊己庚辛壬癸';

/** 测试 ("test") and the row number written in the ten heavenly stems. */
export function sampleName(row: GermanRow): string {
  const digits = String(row.index).padStart(3, '0');
  return `测试${Array.from(digits, (digit) => stems.charAt(Number(digit))).join('')}`;
}

/** A mobile number of the shape of one; 199 and the sample's number. */
export function sampleMobile(row: GermanRow, cycle: number): string {
  return `199${String((cycle * SAMPLE_COUNT + row.index) % 100_000_000).padStart(8, '0')}`;
}

/** A card number with a right Luhn digit. It does not begin like the bank's test numbers. */
export function sampleCard(row: GermanRow, cycle: number): string {
  const serial = String(cycle * SAMPLE_COUNT + row.index).padStart(8, '0');
  const stem = `62009${serial}77`;
  for (let check = 0; check <= 9; check += 1)
    if (passesLuhn(`${stem}${check}`)) return `${stem}${check}`;
  throw new Error(`no Luhn digit for ${stem}`);
}
