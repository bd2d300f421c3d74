/** A door that what comes from outside goes through; while it is held, everybody waits before it. */
export class Gate {
  #held: Promise<unknown> = Promise.resolve();

  /** Resolves when the door is open. */
  async passed(): Promise<void> {
    await this.#held.catch(() => undefined);
  }

  /** Keeps the door shut while `work` is done; one such work at a time. */
  hold<Result>(work: () => Promise<Result>): Promise<Result> {
    const held = this.passed().then(work);
    this.#held = held;
    return held;
  }
}
