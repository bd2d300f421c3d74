import { addDays, businessDateOf } from '../shared/calendar.ts';

/** The hours of the day, in Asia/Shanghai, in which nobody is contacted: from the first up to, not including, the second. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

/** Hours the debtor asked to be contacted in, on record; they add to the ordinary ones (rules 5.1). */
export interface AgreedHours {
  readonly from: string;
  readonly to: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** Whether a contact may be made at this instant, whatever the time zone of the machine that asks. */
export function isContactHour(at: string, quiet: QuietHours, agreed?: AgreedHours): boolean {
  const time = timeOfDay(at);
  if (agreed !== undefined && isBetween(time, agreed.from, agreed.to)) return true;
  return !isBetween(time, quiet.from, quiet.to);
}

/** The next instant at which the quiet hours are over: this one when they are not on. */
export function nextContactInstant(at: string, quiet: QuietHours): string {
  if (isContactHour(at, quiet)) return at;
  const today = businessDateOf(Date.parse(at));
  const opens = instantAt(today, quiet.to);
  return Date.parse(opens) > Date.parse(at) ? opens : instantAt(addDays(today, 1), quiet.to);
}

/** When contacts begin on a business date. */
export function contactsOpenAt(date: string, quiet: QuietHours): string {
  return instantAt(date, quiet.to);
}

function instantAt(date: string, time: string): string {
  return new Date(`${date}T${time}:00+08:00`).toISOString();
}

/** Milliseconds since midnight in Shanghai; UTC+8 all year, from the instant alone. */
function timeOfDay(at: string): number {
  return (Date.parse(at) + SHANGHAI_OFFSET_MS) % DAY_MS;
}

function isBetween(timeMs: number, from: string, to: string): boolean {
  const [start, end] = [millisecondsOf(from), millisecondsOf(to)];
  return start <= end ? timeMs >= start && timeMs < end : timeMs >= start || timeMs < end;
}

function millisecondsOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}
