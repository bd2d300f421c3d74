/** Lets work under one name go one after the other. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(name) === mine) this.#last.delete(name);
    }
  }
}
