import type { WireItem } from './attribute-values.ts';
import type { Table } from './tables.ts';

interface Entry {
  /** Writes of this item under way; nothing is remembered meanwhile. */
  writers: number;
  /**
   * Rises with every write that begins and with every one that ends, so that a slower read does not bring back what it saw
   * before: neither one sent ahead of a write nor one sent while it was under way.
   */
  epoch: number;
  known: KnownItem | undefined;
}

/** What is known of a key: the item, or that there is none. */
export interface KnownItem {
  readonly item: WireItem | undefined;
}

/** One item that a request writes. */
export interface ItemWrite {
  readonly tableName: string;
  readonly key: WireItem;
  /** What the item is afterwards, where that can be told. */
  readonly after: KnownItem | undefined;
}

/** Writes under way. */
export interface BegunWrites {
  /** What each item was, in the order of the writes; undefined where it is not known. */
  readonly befores: readonly (KnownItem | undefined)[];
  /** To be called when the request has been answered, once. */
  done(isStored: boolean): void;
}

const ENTRIES_MAX = 10_000;

/**
 * Remembers items between their last write and the reads that follow. Every step of a workflow reads the aggregate that
 * the step before wrote: three of four reads. A read is answered from here only while no write of that item is under
 * way, so reads stay consistent; it knows only of requests that pass through this process. Items are shared, not copied:
 * nobody changes one.
 */
export class ItemCache {
  readonly #keyNames = new Map<string, readonly string[]>();
  readonly #entries = new Map<string, Entry>();

  constructor(tables: readonly Table[]) {
    for (const { name, properties } of tables)
      this.#keyNames.set(
        name,
        properties.KeySchema.map(({ AttributeName }) => AttributeName),
      );
  }

  /** What is known of an item at this moment. */
  find(tableName: string, key: WireItem): KnownItem | undefined {
    const id = this.#idOf(tableName, key);
    const entry = id === undefined ? undefined : this.#entries.get(id);
    if (id === undefined || entry?.writers !== 0 || !entry.known) return undefined;
    // Used last: forgotten last.
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    return entry.known;
  }

  /** Tells that a read is about to be sent; what is answered with takes what it found. */
  read(tableName: string, key: WireItem): (found: KnownItem) => void {
    const id = this.#idOf(tableName, key);
    if (id === undefined) return () => undefined;
    const entry = this.#entryOf(id);
    const { epoch } = entry;
    return (found) => {
      if (entry.epoch === epoch && entry.writers === 0) entry.known = found;
    };
  }

  /** Tells that writes are about to be sent. */
  write(writes: readonly ItemWrite[]): BegunWrites {
    const begun = writes.map(({ tableName, key, after }) => {
      const id = this.#idOf(tableName, key);
      if (id === undefined) return undefined;
      const entry = this.#entryOf(id);
      const before = entry.writers === 0 ? entry.known : undefined;
      entry.writers += 1;
      entry.epoch += 1;
      entry.known = undefined;
      return { entry, before, after, epoch: entry.epoch };
    });
    return {
      befores: begun.map((write) => write?.before),
      done: (isStored) => {
        for (const write of begun) if (write) end(write, isStored);
      },
    };
  }

  #idOf(tableName: string, item: WireItem): string | undefined {
    const names = this.#keyNames.get(tableName);
    if (!names) return undefined;
    return JSON.stringify([tableName, ...names.map((name) => item[name])]);
  }

  #entryOf(id: string): Entry {
    const known = this.#entries.get(id);
    if (known) return known;
    const entry: Entry = { writers: 0, epoch: 0, known: undefined };
    this.#entries.set(id, entry);
    if (this.#entries.size > ENTRIES_MAX) this.#forgetOldest();
    return entry;
  }

  #forgetOldest(): void {
    for (const [id, entry] of this.#entries) {
      // One that is being written is still needed to tell later reads from earlier ones.
      if (entry.writers > 0) continue;
      this.#entries.delete(id);
      entry.epoch += 1;
      return;
    }
  }
}

function end(
  write: {
    readonly entry: Entry;
    readonly before: KnownItem | undefined;
    readonly after: KnownItem | undefined;
    readonly epoch: number;
  },
  isStored: boolean,
): void {
  const { entry, after, epoch } = write;
  entry.writers -= 1;
  const isLast = entry.epoch === epoch;
  entry.epoch += 1;
  // Of two writes under way together only the database knows which came last; of one that failed, whether it was made.
  if (isStored && isLast && entry.writers === 0) entry.known = after;
}
