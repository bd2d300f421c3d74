import { EvaluationFailure } from './failures.ts';

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch of an ISO-8601 date and time with offset, or undefined when it is none. */
export function parseInstant(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = 'Z'] = match;
  const atMs = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`,
  );
  // Date.parse takes 24:00 and 31 February for the day after.
  if (Number.isNaN(atMs) || Number(hour) > 23 || Number(day) > daysIn(Number(year), Number(month)))
    return undefined;
  return atMs;
}

/** Whether `text` is a timestamp as a definition may hold it: the seconds are required there. */
export function isRfc3339(text: string): boolean {
  return parseInstant(text) !== undefined && /T\d{2}:\d{2}:\d{2}/.test(text);
}

/** The instant a field names; fails the state when it names none. */
export function instantOf(text: string, field: string): number {
  const atMs = parseInstant(text);
  if (atMs === undefined)
    throw new EvaluationFailure(
      `The ${field} field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
      field,
      true,
    );
  return atMs;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
