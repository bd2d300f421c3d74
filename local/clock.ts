/** Time as the platform sees it. Waits, schedules and `now()` all run on one clock, so it can be moved. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `work` once when the clock reaches `dueAtMs`; returns a function that cancels it. */
  at(dueAtMs: number, work: () => void): () => void;
}

/** The machine's own clock shifted by an offset that can only grow: time never runs backwards. */
export class MovableClock implements Clock {
  #offsetMs: number;
  #nextId = 1;
  #timer: NodeJS.Timeout | undefined;
  readonly #pending = new Map<number, { dueAtMs: number; work: () => void }>();

  constructor(offsetMs = 0) {
    this.#offsetMs = offsetMs;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  at(dueAtMs: number, work: () => void): () => void {
    const id = this.#nextId++;
    this.#pending.set(id, { dueAtMs, work });
    this.#arm();
    return () => {
      this.#pending.delete(id);
    };
  }

  /** The earliest instant anything waits for, or undefined when nothing waits. */
  nextDueAtMs(): number | undefined {
    let earliest: number | undefined;
    for (const { dueAtMs } of this.#pending.values())
      if (earliest === undefined || dueAtMs < earliest) earliest = dueAtMs;
    return earliest;
  }

  /**
   * Moves to `targetMs`, stopping at every instant something waits for; `settle` is awaited after each stop so that the
   * work begun there ends before time goes on.
   */
  async advanceTo(targetMs: number, settle: () => Promise<void>): Promise<void> {
    for (;;) {
      const dueAtMs = this.nextDueAtMs();
      if (dueAtMs === undefined || dueAtMs > targetMs) break;
      this.#moveTo(dueAtMs);
      this.#fireDue();
      await settle();
    }
    this.#moveTo(targetMs);
    this.#fireDue();
    await settle();
  }

  /** Forgets every timer, so that the process can end. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#pending.clear();
  }

  #moveTo(targetMs: number): void {
    const stepMs = targetMs - this.now();
    if (stepMs > 0) this.#offsetMs += stepMs;
  }

  #fireDue(): void {
    const now = this.now();
    const due = [...this.#pending].filter(([, entry]) => entry.dueAtMs <= now);
    due.sort(([, a], [, b]) => a.dueAtMs - b.dueAtMs);
    for (const [id, { work }] of due) if (this.#pending.delete(id)) work();
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const dueAtMs = this.nextDueAtMs();
    if (dueAtMs === undefined) return;
    // setTimeout takes at most 2^31-1 ms; a longer wait is armed again when this one ends.
    const delayMs = Math.min(Math.max(dueAtMs - this.now(), 0), 2_147_483_647);
    this.#timer = setTimeout(() => {
      this.#fireDue();
    }, delayMs);
  }
}
