import { addDays, businessDateOf } from './calendar.ts';

/** Hours of the day in Asia/Shanghai (`HH:MM`) in which nobody is disturbed: from the first, up to but without the second. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

/** Those of a machine: it is never disturbed. */
export const neverQuiet: QuietHours = { from: '00:00', to: '00:00' };

/** The two words of a policy leaf such as `collect.quietHours`. Throws when they are not two times of day. */
export function quietHoursOf(words: readonly string[]): QuietHours {
  const [from, to, ...rest] = words;
  if (!isTimeOfDay(from) || !isTimeOfDay(to) || rest.length > 0)
    throw new Error(`quiet hours are two times of day, not ${words.join(', ')}`);
  return { from, to };
}

/** The first instant from `at` on that is not quiet, as an ISO instant. Only the instant counts, not the machine's zone. */
export function firstOpenInstant(at: string, quiet: QuietHours): string {
  const ms = Date.parse(at);
  const date = businessDateOf(ms);
  const [from, to] = [instantOn(date, quiet.from), instantOn(date, quiet.to)];
  const isOvernight = quiet.from > quiet.to;
  const isQuiet = isOvernight ? ms >= from || ms < to : ms >= from && ms < to;
  if (!isQuiet) return new Date(ms).toISOString();
  const opensToday = ms < to;
  return new Date(opensToday ? to : instantOn(addDays(date, 1), quiet.to)).toISOString();
}

/** China keeps UTC+8 all year and has since 1991. */
function instantOn(date: string, time: string): number {
  return Date.parse(`${date}T${time}:00+08:00`);
}

function isTimeOfDay(word: string | undefined): word is string {
  return word !== undefined && /^([01]\d|2[0-3]):[0-5]\d$/.test(word);
}
