import type { Clock } from '../../clock.ts';

/** Time that stands still until it is moved on: waits of a case take none. */
export class SkippingClock implements Clock {
  #nowMs: number;
  readonly #pending = new Set<{ dueAtMs: number; work: () => void }>();

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

  /** Whether nothing waits for any instant. */
  get isIdle(): boolean {
    return this.#pending.size === 0;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#nowMs + ms, resolve));
  }

  /** Moves on to the next instant something waits for; false when nothing does. */
  skip(): boolean {
    const [first] = [...this.#pending].sort((a, b) => a.dueAtMs - b.dueAtMs);
    if (!first) return false;
    this.#pending.delete(first);
    this.#nowMs = Math.max(this.#nowMs, first.dueAtMs);
    first.work();
    return true;
  }
}
