import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  addMonthsToDay,
  businessDateOf,
  daysBetween,
  fromDayNumber,
  isBusinessDay,
  isLeapYear,
  nextBusinessDay,
  toDayNumber,
  yearOfDay,
} from '../../../domain/shared/calendar.ts';
import { holidaysKnownThrough } from '../../../domain/shared/chinese-holidays.ts';

describe('day numbers', () => {
  it('agree with the calendar of the platform on every day from 1900 to 2299', () => {
    const last = toDayNumber('2299-12-31');
    let wrong = 0;
    for (let day = toDayNumber('1900-01-01'); day <= last; day++) {
      const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
      if (fromDayNumber(day) !== text || toDayNumber(text) !== day) wrong++;
    }
    expect(wrong).toBe(0);
    expect(last).toBe(120_529);
  });

  it.each([
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-01-32',
    '2026-1-01',
    '2026/01/01',
    '2026-01/01',
    '20260101',
    '2026-01-011',
    '1899-12-31',
    '2300-01-01',
    '2O26-01-01',
    '2026-01-:1',
    '',
  ])('refuse %o', (text) => {
    expect(() => toDayNumber(text)).toThrow(`not a date: ${text}`);
  });

  it.each([-25_568, 120_530 + 31])('refuse day %i, which is outside the table', (day) => {
    expect(() => fromDayNumber(day)).toThrow('a date outside 1900-2299');
  });

  it.each([
    { year: 1900, isLeap: false },
    { year: 2000, isLeap: true },
    { year: 2023, isLeap: false },
    { year: 2024, isLeap: true },
    { year: 2100, isLeap: false },
  ])('know that $year is a leap year: $isLeap', ({ year, isLeap }) => {
    expect(isLeapYear(year)).toBe(isLeap);
    expect(yearOfDay(toDayNumber(`${String(year)}-06-15`))).toEqual({
      start: toDayNumber(`${String(year)}-01-01`),
      days: isLeap ? 366 : 365,
    });
  });
});

describe('businessDateOf', () => {
  it.each([
    { instant: '2026-01-01T15:59:59.999Z', date: '2026-01-01' },
    { instant: '2026-01-01T16:00:00.000Z', date: '2026-01-02' },
    { instant: '2026-02-28T16:00:00.000Z', date: '2026-03-01' },
    { instant: '1969-12-31T15:59:59.999Z', date: '1969-12-31' },
  ])('is $date in Shanghai at $instant', ({ instant, date }) => {
    expect(businessDateOf(Date.parse(instant))).toBe(date);
  });

  it.each(['Asia/Shanghai', 'America/Los_Angeles', 'Pacific/Kiritimati', 'UTC'])(
    'is the same where the process runs in %s',
    (zone) => {
      const script = `import { addMonths, businessDateOf } from './domain/shared/calendar.ts';
        console.log(businessDateOf(1793548800000), addMonths('2026-01-31', 1));`;
      const answer = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, TZ: zone },
        encoding: 'utf8',
      });
      expect(answer.trim()).toBe('2026-11-02 2026-02-28');
    },
  );
});

describe('months', () => {
  it.each([
    { from: '2026-01-31', months: 1, clamp: '2026-02-28', roll: '2026-03-01' },
    { from: '2026-01-31', months: 2, clamp: '2026-03-31', roll: '2026-03-31' },
    { from: '2026-01-31', months: 3, clamp: '2026-04-30', roll: '2026-05-01' },
    { from: '2024-01-30', months: 1, clamp: '2024-02-29', roll: '2024-03-01' },
    { from: '2026-01-28', months: 1, clamp: '2026-02-28', roll: '2026-02-28' },
    { from: '2026-12-31', months: 2, clamp: '2027-02-28', roll: '2027-03-01' },
    { from: '2026-03-31', months: -1, clamp: '2026-02-28', roll: '2026-03-01' },
    { from: '2026-05-15', months: 0, clamp: '2026-05-15', roll: '2026-05-15' },
  ])('take $from by $months to $clamp, or rolled to $roll', ({ from, months, clamp, roll }) => {
    expect(addMonths(from, months)).toBe(clamp);
    expect(addMonths(from, months, 'Roll')).toBe(roll);
    expect(addMonthsToDay(toDayNumber(from), months)).toBe(toDayNumber(clamp));
  });
});

describe('days', () => {
  it('count the first and not the last', () => {
    expect(daysBetween('2026-02-27', '2026-03-01')).toBe(2);
    expect(daysBetween('2026-03-01', '2026-02-27')).toBe(-2);
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
  });
});

describe('business days', () => {
  it.each([
    { date: '2026-10-01', isOpen: false, why: 'National Day' },
    { date: '2026-10-07', isOpen: false, why: 'the last day of the holiday' },
    { date: '2026-10-08', isOpen: true, why: 'the day after' },
    { date: '2026-10-10', isOpen: true, why: 'a Saturday worked to make up' },
    { date: '2026-10-11', isOpen: false, why: 'a plain Sunday' },
    { date: '2006-12-30', isOpen: true, why: 'a Saturday worked the year before' },
    { date: '2030-10-01', isOpen: true, why: 'a Tuesday of a year not announced yet' },
    { date: '1969-12-28', isOpen: false, why: 'a Sunday before 1970' },
    { date: '1969-12-29', isOpen: true, why: 'a Monday before 1970' },
  ])('$date: $isOpen, $why', ({ date, isOpen }) => {
    expect(isBusinessDay(date)).toBe(isOpen);
  });

  it('come after a holiday, not after a business day', () => {
    expect(nextBusinessDay('2026-10-01')).toBe('2026-10-08');
    expect(nextBusinessDay('2026-10-08')).toBe('2026-10-08');
    expect(nextBusinessDay('2026-10-11')).toBe('2026-10-12');
  });

  it('are known through 2026', () => {
    expect(holidaysKnownThrough).toBe(2026);
  });

  it('put every publication of the loan prime rate on the 20th or the business day after it', () => {
    const file = new URL('../../vectors/lpr-publication-dates.json', import.meta.url);
    const dates = JSON.parse(readFileSync(file, 'utf8')) as string[];
    expect(dates).toHaveLength(70);
    expect(dates.map((date) => nextBusinessDay(`${date.slice(0, 8)}20`))).toEqual(dates);
  });
});
