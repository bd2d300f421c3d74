const clockKey = Symbol.for('zhudai.clock');

interface HostClock {
  now(): number;
}

function isHostClock(value: unknown): value is HostClock {
  return (
    typeof value === 'object' && value !== null && 'now' in value && typeof value.now === 'function'
  );
}

/** The time the platform lives in: the wall clock, or the movable clock of the one-machine host when there is one. */
export function now(): Date {
  const clock: unknown = Reflect.get(globalThis, clockKey);
  return new Date(isHostClock(clock) ? clock.now() : Date.now());
}
