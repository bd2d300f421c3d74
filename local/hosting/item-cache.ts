import type { Attribute } from './attribute-values.ts';
import type { Table } from './tables.ts';

type Item = Readonly<Record<string, Attribute>>;

interface Entry {
  /** Writes of this item under way; nothing is remembered meanwhile. */
  writers: number;
  /** Rises with every write that begins, so that a slower read does not bring back what it saw before. */
  epoch: number;
  body: Buffer | undefined;
}

/** The answer a request would get, or how to tell what became of it. */
export interface CachedCall {
  readonly body?: Buffer;
  done(status: number, body: Buffer): void;
}

interface Write {
  readonly key: string;
  /** What the item is afterwards; undefined when only the database can tell. */
  readonly item: Item | undefined;
}

const ENTRIES_MAX = 10_000;
const plainReadFields: ReadonlySet<string> = new Set(['TableName', 'Key', 'ConsistentRead']);
const untouched: CachedCall = { done: () => undefined };

/**
 * Remembers items between their last write and the reads that follow. Every step of a workflow reads the aggregate that
 * the step before wrote: half of all requests. A read is answered from here only while no write of that item is under
 * way, so reads stay consistent; it knows only of requests that pass through this process.
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

  /** Looks at a request before it is sent. */
  begin(target: string, text: string): CachedCall {
    const operation = target.slice(target.indexOf('.') + 1);
    if (operation === 'GetItem') return this.#read(JSON.parse(text) as Record<string, unknown>);
    const writes = writesOf(operation, text);
    if (writes.length === 0) return untouched;
    return this.#write(
      writes.flatMap(({ tableName, item, key }) => {
        const known = this.#keyOf(tableName, item ?? key ?? {});
        return known === undefined ? [] : [{ key: known, item }];
      }),
    );
  }

  #read(request: Readonly<Record<string, unknown>>): CachedCall {
    const { TableName, Key } = request;
    // A projection or a question about capacity is for the database.
    if (Object.keys(request).some((name) => !plainReadFields.has(name))) return untouched;
    const key = this.#keyOf(String(TableName), Key as Item);
    if (key === undefined) return untouched;
    const entry = this.#entryOf(key);
    if (entry.writers === 0 && entry.body) {
      // Used last: forgotten last.
      this.#entries.delete(key);
      this.#entries.set(key, entry);
      return { body: entry.body, done: () => undefined };
    }
    const { epoch } = entry;
    return {
      done: (status, body) => {
        if (status === 200 && entry.epoch === epoch && entry.writers === 0) entry.body = body;
      },
    };
  }

  #write(writes: readonly Write[]): CachedCall {
    const begun = writes.map(({ key, item }) => {
      const entry = this.#entryOf(key);
      entry.writers += 1;
      entry.epoch += 1;
      entry.body = undefined;
      return { entry, item, epoch: entry.epoch };
    });
    return {
      done: (status) => {
        for (const { entry, item, epoch } of begun) {
          entry.writers -= 1;
          // Of two writes under way together only the database knows which came last.
          if (status === 200 && item && entry.epoch === epoch && entry.writers === 0)
            entry.body = Buffer.from(JSON.stringify({ Item: item }));
        }
      },
    };
  }

  #keyOf(tableName: string, item: Item): string | undefined {
    const names = this.#keyNames.get(tableName);
    if (!names) return undefined;
    return JSON.stringify([tableName, ...names.map((name) => item[name])]);
  }

  #entryOf(key: string): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    const entry: Entry = { writers: 0, epoch: 0, body: undefined };
    this.#entries.set(key, entry);
    if (this.#entries.size > ENTRIES_MAX) this.#forgetOldest();
    return entry;
  }

  #forgetOldest(): void {
    for (const [key, entry] of this.#entries) {
      // One that is being written is still needed to tell later reads from earlier ones.
      if (entry.writers > 0) continue;
      this.#entries.delete(key);
      entry.epoch += 1;
      return;
    }
  }
}

interface WrittenItem {
  readonly tableName: string;
  readonly item?: Item;
  readonly key?: Item;
}

function writesOf(operation: string, text: string): readonly WrittenItem[] {
  switch (operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [writtenIn(JSON.parse(text) as Record<string, unknown>)];
    case 'TransactWriteItems': {
      const { TransactItems = [] } = JSON.parse(text) as {
        TransactItems?: Record<string, Record<string, unknown>>[];
      };
      return TransactItems.flatMap((actions) =>
        Object.entries(actions)
          .filter(([kind]) => kind !== 'ConditionCheck')
          .map(([, action]) => writtenIn(action)),
      );
    }
    case 'BatchWriteItem': {
      const { RequestItems = {} } = JSON.parse(text) as {
        RequestItems?: Record<string, Record<string, { Item?: Item; Key?: Item }>[]>;
      };
      // What of a batch was done the answer tells in parts: its items are read again.
      return Object.entries(RequestItems).flatMap(([tableName, requests]) =>
        requests.flatMap((request) =>
          Object.values(request).map(({ Item, Key }) => ({ tableName, key: Item ?? Key ?? {} })),
        ),
      );
    }
    case 'ExecuteStatement':
    case 'BatchExecuteStatement':
    case 'ExecuteTransaction':
      throw new Error('the one-machine host does not know PartiQL');
    default:
      return [];
  }
}

function writtenIn(action: Readonly<Record<string, unknown>>): WrittenItem {
  const tableName = String(action['TableName']);
  const item = action['Item'];
  return item === undefined
    ? { tableName, key: action['Key'] as Item }
    : { tableName, item: item as Item };
}
