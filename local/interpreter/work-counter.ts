/** Counts what is under way, so that somebody can wait until nothing is. */
export class WorkCounter {
  #count = 0;
  #waiters: (() => void)[] = [];

  track(work: Promise<unknown>): void {
    this.#count += 1;
    const done = (): void => {
      this.#count -= 1;
      if (this.#count === 0 && this.#waiters.length > 0)
        setImmediate(() => {
          this.#release();
        });
    };
    work.then(done, done);
  }

  async idle(): Promise<void> {
    // What was just begun may not have reached its first tracked step.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #release(): void {
    // The end of one piece of work may have begun another.
    if (this.#count > 0) return;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
