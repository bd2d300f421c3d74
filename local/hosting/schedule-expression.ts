/** When a schedule runs. */
export interface Timing {
  /** The first instant after `afterMs`, or undefined when there is none. */
  nextAfter(afterMs: number): number | undefined;
}

const MINUTE_MS = 60_000;
const unitMs: Readonly<Record<string, number>> = {
  minute: MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: 24 * 60 * MINUTE_MS,
};

/** Reads `rate(5 minutes)`, `at(2026-11-23T09:00:00)` and `cron(0 9 ? * MON-FRI *)`, in the schedule's time zone. */
export function parseSchedule(expression: string, timeZone: string): Timing {
  const match = /^(rate|at|cron)\((.+)\)$/.exec(expression.trim());
  if (!match) throw new Error(`not a schedule expression: ${expression}`);
  const [, kind, argument = ''] = match;
  const zone = new Zone(timeZone);
  if (kind === 'rate') return rate(argument);
  if (kind === 'at') return at(argument, zone);
  return new CronTiming(argument, zone);
}

function rate(argument: string): Timing {
  const match = /^(\d+) (minute|hour|day)s?$/.exec(argument);
  const everyMs = Number(match?.[1]) * (unitMs[match?.[2] ?? ''] ?? Number.NaN);
  if (!(everyMs > 0)) throw new Error(`not a rate: ${argument}`);
  return { nextAfter: (afterMs) => afterMs + everyMs };
}

function at(argument: string, zone: Zone): Timing {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(argument);
  if (!match) throw new Error(`not an instant: ${argument}`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  const dueAtMs = zone.instantOf({ year, month, day, hour, minute }) + second * 1000;
  return { nextAfter: (afterMs) => (dueAtMs > afterMs ? dueAtMs : undefined) };
}

interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** Converts between instants and the clock on the wall of one time zone. */
class Zone {
  readonly #format: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  }

  wallTimeOf(instantMs: number): WallTime {
    const parts = Object.fromEntries(
      this.#format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
    return { year, month, day, hour, minute };
  }

  /** The instant at which the wall shows this time; around a change of clocks, the one nearest to it. */
  instantOf({ year, month, day, hour, minute }: WallTime): number {
    const wanted = Date.UTC(year, month - 1, day, hour, minute);
    let instant = wanted;
    for (let pass = 0; pass < 2; pass += 1) {
      const shown = this.wallTimeOf(instant);
      const seen = Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute);
      instant += wanted - seen;
    }
    return instant;
  }
}

const monthNames = [
  'JAN',
  'FEB',
  'MAR',
  'APR',
  'MAY',
  'JUN',
  'JUL',
  'AUG',
  'SEP',
  'OCT',
  'NOV',
  'DEC',
];
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const DAYS_AHEAD_MAX = 366 * 5;

/** Minutes Hours Day-of-month Month Day-of-week Year, as EventBridge writes it. */
class CronTiming implements Timing {
  readonly #minutes: ReadonlySet<number>;
  readonly #hours: ReadonlySet<number>;
  readonly #months: ReadonlySet<number>;
  readonly #years: ReadonlySet<number>;
  readonly #dayOfMonth: string;
  readonly #dayOfWeek: string;
  readonly #zone: Zone;

  constructor(argument: string, zone: Zone) {
    const fields = argument.trim().split(/\s+/);
    if (fields.length !== 6) throw new Error(`a cron expression has six fields: ${argument}`);
    const [minutes = '', hours = '', dayOfMonth = '', months = '', dayOfWeek = '', years = ''] =
      fields;
    if ((dayOfMonth === '?') === (dayOfWeek === '?'))
      throw new Error(`one of day-of-month and day-of-week must be "?": ${argument}`);
    this.#minutes = valuesOf(minutes, { from: 0, to: 59 });
    this.#hours = valuesOf(hours, { from: 0, to: 23 });
    this.#months = valuesOf(months, { from: 1, to: 12, names: monthNames });
    this.#years = valuesOf(years, { from: 1970, to: 2199 });
    this.#dayOfMonth = dayOfMonth;
    this.#dayOfWeek = dayOfWeek;
    this.#zone = zone;
  }

  nextAfter(afterMs: number): number | undefined {
    const start = this.#zone.wallTimeOf(afterMs);
    for (let ahead = 0; ahead < DAYS_AHEAD_MAX; ahead += 1) {
      const date = new Date(Date.UTC(start.year, start.month - 1, start.day + ahead));
      if (!this.#isOn(date)) continue;
      const found = this.#timesOn(date).find((instant) => instant > afterMs);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #timesOn(date: Date): number[] {
    const day = {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
    };
    const times: number[] = [];
    for (const hour of this.#hours)
      for (const minute of this.#minutes)
        times.push(this.#zone.instantOf({ ...day, hour, minute }));
    return times.sort((left, right) => left - right);
  }

  #isOn(date: Date): boolean {
    if (!this.#years.has(date.getUTCFullYear()) || !this.#months.has(date.getUTCMonth() + 1))
      return false;
    return this.#dayOfWeek === '?' ? this.#isDayOfMonth(date) : this.#isDayOfWeek(date);
  }

  #isDayOfMonth(date: Date): boolean {
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    if (this.#dayOfMonth === 'L') return date.getUTCDate() === last;
    const nearest = /^(\d+)W$/.exec(this.#dayOfMonth)?.[1];
    if (nearest !== undefined)
      return date.getUTCDate() === weekdayNear(date, Number(nearest), last);
    return valuesOf(this.#dayOfMonth, { from: 1, to: 31 }).has(date.getUTCDate());
  }

  #isDayOfWeek(date: Date): boolean {
    const weekday = date.getUTCDay() + 1;
    const nth = /^(\w+)#(\d)$/.exec(this.#dayOfWeek);
    if (nth) {
      const [, name = '', count] = nth;
      const days = valuesOf(name, { from: 1, to: 7, names: dayNames });
      return days.has(weekday) && Math.ceil(date.getUTCDate() / 7) === Number(count);
    }
    const lastOf = /^(\w+)L$/.exec(this.#dayOfWeek)?.[1];
    if (lastOf !== undefined) {
      const last = new Date(
        Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0),
      ).getUTCDate();
      const days = valuesOf(lastOf, { from: 1, to: 7, names: dayNames });
      return days.has(weekday) && date.getUTCDate() > last - 7;
    }
    return valuesOf(this.#dayOfWeek, { from: 1, to: 7, names: dayNames }).has(weekday);
  }
}

function weekdayNear(date: Date, wanted: number, last: number): number {
  const day = Math.min(wanted, last);
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? day + 2 : day - 1;
  if (weekday === 0) return day === last ? day - 2 : day + 1;
  return day;
}

function valuesOf(
  field: string,
  { from, to, names }: { from: number; to: number; names?: readonly string[] },
): Set<number> {
  const numberOf = (text: string): number => {
    const named = names?.indexOf(text.toUpperCase()) ?? -1;
    const value = named >= 0 ? named + 1 : Number(text);
    if (!Number.isInteger(value) || value < from || value > to)
      throw new Error(`${text} is not between ${from} and ${to}`);
    return value;
  };
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step = '1'] = part.split('/');
    const [first = '', second] = range.split('-');
    const isWild = range === '*' || range === '?';
    const start = isWild ? from : numberOf(first);
    const end =
      isWild || (part.includes('/') && second === undefined) ? to : numberOf(second ?? first);
    for (let value = start; value <= end; value += Number(step)) values.add(value);
  }
  return values;
}
