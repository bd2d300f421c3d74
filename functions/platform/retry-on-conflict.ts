import { setTimeout as sleep } from 'node:timers/promises';
import { ConcurrentChange } from '#domain/shared/errors.ts';

const ATTEMPTS_MAX = 8;

/**
 * Reads, decides and writes again when somebody else changed the item in between. The whole work is repeated, never the
 * write alone: what was decided on the old state may be wrong on the new one.
 */
export async function retryOnConflict<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConcurrentChange) || attempt >= ATTEMPTS_MAX) throw error;
      await sleep(Math.random() * 5 * 2 ** attempt);
    }
  }
}
