import type { Retrier } from './program.ts';

/** How long the retry after `attempt` earlier ones waits, before jitter. */
export function retryDelaySeconds(retrier: Retrier, attempt: number): number {
  return Math.min(
    retrier.intervalSeconds * retrier.backoffRate ** attempt,
    retrier.delaySecondsMax,
  );
}

/** The same in milliseconds, with the jitter the retrier asks for. */
export function retryDelayMs(retrier: Retrier, attempt: number, random: () => number): number {
  const seconds = retryDelaySeconds(retrier, attempt);
  return Math.round(seconds * 1000 * (retrier.hasFullJitter ? random() : 1));
}
