/** Counts what is under way, so that the clock moves only when everything due has been done. */
export class Activity {
  #count = 0;
  #waiters: (() => void)[] = [];
  /** Hears of errors in work on the side. */
  onError: (error: unknown) => void = () => undefined;

  get isIdle(): boolean {
    return this.#count === 0;
  }

  /** Counts `work` as under way until it ends. */
  async track<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#count += 1;
    try {
      return await work();
    } finally {
      this.#count -= 1;
      if (this.#count === 0) for (const resolve of this.#waiters.splice(0)) resolve();
    }
  }

  /** Does `work` on the side; what goes wrong is reported, since nobody waits for it. */
  background(work: () => Promise<void>): void {
    this.track(work).catch((error: unknown) => {
      this.onError(error);
    });
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}
