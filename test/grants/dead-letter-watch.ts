import { DeadLetters, describeDeadLetters } from '#local/cli/dead-letters.ts';

const LOOK_EVERY_MS = 500;

/**
 * Looks for dead letters while something else goes on. One is one too many, whether an event or the run of a schedule lies
 * there: who waits for what it would have done waits in vain.
 */
export class DeadLetterWatch {
  /** Rejects, naming queue and function, when a dead letter is found; never resolves. */
  readonly found: Promise<never>;
  readonly #letters: Pick<DeadLetters, 'list'>;
  #isStopped = false;

  constructor(endpoint: string, letters?: Pick<DeadLetters, 'list'>) {
    this.#letters = letters ?? new DeadLetters({ region: 'us-east-1', endpoint });
    this.found = this.#watch();
    // Found after nobody waits for it any more: not an error of its own.
    this.found.catch(() => undefined);
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #watch(): Promise<never> {
    for (;;) {
      // A platform that does not answer is noticed by whoever walks.
      const letters = this.#isStopped ? [] : await this.#letters.list().catch(() => []);
      if (letters.length > 0)
        throw new Error(`dead letters wait:\n${describeDeadLetters(letters).join('\n')}`);
      if (this.#isStopped) return new Promise<never>(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
