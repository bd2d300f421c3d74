import { addDays, businessDateOf } from '../shared/calendar.ts';

/** The hours of the day, in Asia/Shanghai, in which nobody is contacted: from the first up to, not including, the second. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

/**
 * Hours agreed with the debtor, on record (rules 5.1). Only: of the ordinary hours the debtor wishes just these. Also: these
 * as well, though they are quiet ones.
 */
export interface AgreedHours {
  readonly kind: 'Only' | 'Also';
  readonly from: string;
  readonly to: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** Whether a contact may be made at this instant, whatever the time zone of the machine that asks. */
export function isContactHour(at: string, quiet: QuietHours, agreed?: AgreedHours): boolean {
  const time = timeOfDay(at);
  const isOrdinary = !isBetween(time, quiet.from, quiet.to);
  if (agreed === undefined) return isOrdinary;
  const isAgreed = isBetween(time, agreed.from, agreed.to);
  return agreed.kind === 'Only' ? isOrdinary && isAgreed : isOrdinary || isAgreed;
}

/** The next instant at which a contact may be made: this one when it may. */
export function nextContactInstant(at: string, quiet: QuietHours, agreed?: AgreedHours): string {
  if (isContactHour(at, quiet, agreed)) return at;
  const today = businessDateOf(Date.parse(at));
  const openings = [today, addDays(today, 1)]
    .flatMap((date) => [quiet.to, ...(agreed ? [agreed.from] : [])].map((time) => [date, time]))
    .map(([date = '', time = '']) => instantAt(date, time))
    .filter((opens) => Date.parse(opens) > Date.parse(at) && isContactHour(opens, quiet, agreed))
    .toSorted();
  const [next] = openings;
  if (next === undefined) throw new Error('hours were agreed in which nobody may be contacted');
  return next;
}

/** Whether hours may be agreed: the ones wished for lie within the ordinary ones, the ones added do not. */
export function mayAgreeOn({ kind, from, to }: AgreedHours, quiet: QuietHours): boolean {
  const [start, end] = [millisecondsOf(from), millisecondsOf(to)];
  if (kind === 'Only')
    return start < end && start >= millisecondsOf(quiet.to) && end <= millisecondsOf(quiet.from);
  return start !== end && isBetween(start, quiet.from, quiet.to);
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
