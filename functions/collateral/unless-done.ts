import { ConcurrentChange } from '#domain/shared/errors.ts';

/** A write that a twin of this delivery may have made first: then it is done. */
export async function unlessDone(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ConcurrentChange)) throw error;
  }
}
