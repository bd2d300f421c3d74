/** Runs work on ids, a few at a time and never the same id twice at once. An id that comes up again while running runs again. */
export class WorkQueue {
  readonly #work: (id: string) => Promise<void>;
  readonly #concurrency: number;
  readonly #onError: (error: unknown) => void;
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();
  #idle: (() => void)[] = [];
  #isStopped = false;

  constructor(options: {
    readonly work: (id: string) => Promise<void>;
    readonly concurrency: number;
    readonly onError?: (error: unknown) => void;
  }) {
    this.#work = options.work;
    this.#concurrency = options.concurrency;
    this.#onError = options.onError ?? (() => undefined);
  }

  add(id: string): void {
    if (this.#isStopped) return;
    this.#waiting.add(id);
    this.#pump();
  }

  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void> {
    if (this.#waiting.size === 0 && this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Starts nothing more; what runs may end. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting.clear();
    await this.idle();
  }

  #pump(): void {
    for (const id of this.#waiting) {
      if (this.#running.size >= this.#concurrency) return;
      if (this.#running.has(id)) continue;
      this.#waiting.delete(id);
      this.#running.add(id);
      void this.#run(id);
    }
    if (this.#running.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #run(id: string): Promise<void> {
    try {
      await this.#work(id);
    } catch (error) {
      this.#onError(error);
    }
    this.#running.delete(id);
    this.#pump();
  }
}
