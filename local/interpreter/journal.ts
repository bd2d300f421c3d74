import type { JsonObject } from './json.ts';

/**
 * One line of an execution's journal. Lines with an id are the events of its history; the others (`Retry`,
 * `Waiting`, `Heartbeat`) are notes that only resuming needs.
 */
export interface JournalRecord {
  /** Which branch wrote it: `0`, or `<id of the event that opened the branches>.<index>`. */
  readonly branch: string;
  readonly type: string;
  readonly id?: number;
  readonly previousId?: number;
  readonly atMs: number;
  readonly details?: JsonObject;
  /** What resuming needs and the history does not show. */
  readonly hidden?: JsonObject;
}

/** Where a journal's lines go. */
export type AppendRecords = (sequence: number, records: readonly JournalRecord[]) => Promise<void>;

/** Lines nobody waits for are written after this time, with whatever came since. */
const LAZY_MS = 20;

/**
 * Writes the lines of one execution in order, at most one write under way. Lines that come meanwhile go out together, so
 * that a Task costs one write: its predecessor's end and its own start.
 */
export class Journal {
  readonly #append: AppendRecords;
  readonly #onBroken: (error: unknown) => void;
  #buffer: JournalRecord[] = [];
  #sequence: number;
  #writing = false;
  #timer: NodeJS.Timeout | undefined;
  #waiters: { sequence: number; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #written: number;
  #broken: { error: unknown } | undefined;

  constructor(append: AppendRecords, sequence: number, onBroken: (error: unknown) => void) {
    this.#append = append;
    this.#onBroken = onBroken;
    this.#sequence = sequence;
    this.#written = sequence;
  }

  /** Adds a line; it is durable once a later `durable()` resolves. */
  add(record: JournalRecord): void {
    this.#buffer.push(record);
    this.#sequence += 1;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#write();
    }, LAZY_MS);
  }

  /** Resolves when every line added so far is stored. */
  durable(): Promise<void> {
    if (this.#broken) return Promise.reject(asError(this.#broken.error));
    if (this.#written === this.#sequence) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.#waiters.push({
      sequence: this.#sequence,
      resolve: () => {
        resolve(undefined);
      },
      reject,
    });
    void this.#write();
    return promise;
  }

  async #write(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    try {
      while (this.#buffer.length > 0) {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        const records = this.#buffer;
        this.#buffer = [];
        await this.#append(this.#written + 1, records);
        this.#written += records.length;
        this.#settle();
      }
    } catch (error) {
      // A journal with a hole in it would resume wrongly: nothing more is written and everybody who waits learns why.
      this.#broken = { error };
      this.#onBroken(error);
      for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    } finally {
      this.#writing = false;
    }
  }

  #settle(): void {
    const settled = this.#waiters.filter((waiter) => waiter.sequence <= this.#written);
    this.#waiters = this.#waiters.filter((waiter) => waiter.sequence > this.#written);
    for (const waiter of settled) waiter.resolve();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
