import type { Clock } from '../clock.ts';
import jsonata from 'jsonata';

/** `$now` and `$millis` on the platform's clock, which may be ahead of the machine's. */
export function clockFunctionsOf(clock: Clock): Readonly<Record<string, unknown>> {
  const format = jsonata('$fromMillis($atMs, $picture, $timezone)');
  return {
    millis: () => clock.now(),
    now: (picture?: string, timezone?: string): unknown =>
      picture === undefined
        ? new Date(clock.now()).toISOString()
        : format.evaluate(undefined, { atMs: clock.now(), picture, timezone }),
  };
}
