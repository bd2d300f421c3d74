import type { Faults } from './faults.ts';
import type { Json, JsonObject } from './json.ts';

/** The service takes no longer delay than 31,622,400 seconds, a leap year, and no more attempts or seconds than this. */
const DELAY_SECONDS_MAX = 31_622_400;
const COUNT_MAX = 99_999_999;

/** Checks the numbers of one retrier. */
export function validateRetrier(retrier: JsonObject, faults: Faults, location: string): void {
  const {
    IntervalSeconds: interval = 1,
    MaxAttempts: attempts,
    BackoffRate: rate,
    MaxDelaySeconds: delay,
    JitterStrategy: jitter,
  } = retrier;
  if (!isInteger(interval, 1, COUNT_MAX))
    faults.add(`${location}/IntervalSeconds`, 'Value must be a positive integer');
  if (attempts !== undefined && !isInteger(attempts, 0, COUNT_MAX))
    faults.add(`${location}/MaxAttempts`, 'Value must be a non-negative integer');
  if (rate !== undefined && !(typeof rate === 'number' && rate >= 1))
    faults.add(`${location}/BackoffRate`, 'Value must be a number of at least 1.0');
  if (delay !== undefined && !isInteger(delay, 1, DELAY_SECONDS_MAX))
    faults.add(
      `${location}/MaxDelaySeconds`,
      `Value must be an integer from 1 to ${DELAY_SECONDS_MAX}`,
    );
  else if (typeof delay === 'number' && typeof interval === 'number' && delay <= interval)
    faults.add(`${location}/MaxDelaySeconds`, 'Value must be greater than IntervalSeconds');
  if (jitter !== undefined && jitter !== 'FULL' && jitter !== 'NONE')
    faults.add(
      `${location}/JitterStrategy`,
      "The field 'JitterStrategy' should have one of these values: [FULL, NONE]",
    );
}

function isInteger(value: Json, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
