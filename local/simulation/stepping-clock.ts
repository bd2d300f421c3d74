import type { Clock } from '../clock.ts';

/** Time that stands still until it is moved, and then goes from instant to instant: all that is due at one begins together. */
export class SteppingClock implements Clock {
  #nowMs: number;
  readonly #pending = new Set<{ readonly dueAtMs: number; readonly work: () => void }>();

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  at(dueAtMs: number, work: () => void): () => void {
    const entry = { dueAtMs, work };
    this.#pending.add(entry);
    return () => {
      this.#pending.delete(entry);
    };
  }

  /** Moves on to the next instant something waits for, at most to the target; false when it is there. */
  stepTo(targetMs: number): boolean {
    const dues = [...this.#pending].map(({ dueAtMs }) => dueAtMs);
    const next = dues.reduce((earliest, each) => Math.min(earliest, each), targetMs);
    if (next >= targetMs && this.#nowMs >= targetMs) return false;
    this.#nowMs = Math.max(this.#nowMs, next);
    for (const entry of [...this.#pending])
      if (entry.dueAtMs <= this.#nowMs && this.#pending.delete(entry)) entry.work();
    return true;
  }
}
