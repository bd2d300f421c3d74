import type { WireItem } from './attribute-values.ts';
import { batchAsTransaction } from './batch-as-transaction.ts';
import { itemBytes, readUnits, writeUnits } from './capacity-units.ts';
import type { DynamoWire } from './dynamo-wire.ts';
import { runningFunction } from './function-environment.ts';
import type { BegunWrites, ItemCache, KnownItem } from './item-cache.ts';
import type { Meter } from './meter.ts';
import type { Permissions } from './permissions.ts';
import type { Table } from './tables.ts';
import {
  refusalOf,
  writeOperations as writes,
  type DatabaseAnswer,
  type TableRequests,
} from './table-requests.ts';
import { writtenItems, type WrittenItem } from './written-items.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface DatabaseRequestsOptions {
  readonly wire: Pick<DynamoWire, 'forward'>;
  readonly tables: readonly Table[];
  readonly cache: ItemCache;
  readonly meter: Meter;
  /** Whether every write of the database waits for the disk. */
  readonly isOnDisk?: boolean;
  /** Judges what functions ask for; without it, and from outside of functions, everything is allowed. */
  readonly permissions?: Permissions;
  /** Told of the body of every write, once it is done. */
  readonly onWrite: (body: string) => void;
}

const TARGET = 'DynamoDB_20120810.';
const plainReadFields: ReadonlySet<string> = new Set(['TableName', 'Key', 'ConsistentRead']);
const reads: ReadonlySet<string> = new Set([
  'GetItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'TransactGetItems',
]);

/** Every request to DynamoDB Local on its way there; what was read or written last is remembered. */
export class DatabaseRequests implements TableRequests {
  readonly #options: DatabaseRequestsOptions;
  readonly #tables: ReadonlyMap<string, Table>;

  constructor(options: DatabaseRequestsOptions) {
    this.#options = options;
    this.#tables = new Map(options.tables.map((table) => [table.name, table]));
  }

  async forward(target: string, text: string): Promise<{ status: number; body: Buffer }> {
    const operation = target.slice(target.indexOf('.') + 1);
    const { wire, meter, onWrite } = this.#options;
    if (target.startsWith(TARGET) && this.#concerns(operation, text)) {
      const { status, answer } = await this.send(operation, JSON.parse(text) as Fields);
      return { status, body: Buffer.from(JSON.stringify(answer)) };
    }
    if (/ExecuteStatement$|^ExecuteTransaction$/.test(operation))
      throw new Error('the one-machine host does not know PartiQL');
    const refused = refusalOf(this.#options.permissions, operation, text);
    if (refused)
      return { status: refused.status, body: Buffer.from(JSON.stringify(refused.answer)) };
    // Tables of the host's own, the interpreter's checkpoints among them, do not exist in the cloud.
    meter.countRequest(target.replace('_20120810', ''));
    const answer = await wire.forward(target, text);
    if (writes.has(operation)) onWrite(text);
    return answer;
  }

  async send(operation: string, request: Fields): Promise<DatabaseAnswer> {
    const refused = refusalOf(this.#options.permissions, operation, request);
    if (refused) return refused;
    this.#options.meter.countRequest(`DynamoDB.${operation}`);
    if (writes.has(operation)) return this.#write(operation, request);
    if (operation === 'GetItem') return this.#get(request);
    return this.#read(operation, request);
  }

  #concerns(operation: string, text: string): boolean {
    if (!writes.has(operation) && !reads.has(operation)) return false;
    for (const name of this.#tables.keys()) if (text.includes(name)) return true;
    return false;
  }

  async #exchange(operation: string, request: Fields): Promise<DatabaseAnswer & { text: string }> {
    const text = JSON.stringify(request);
    const { status, body } = await this.#options.wire.forward(`${TARGET}${operation}`, text);
    return { status, answer: JSON.parse(body.toString('utf8')) as Fields, text };
  }

  async #exchangeWrite(
    operation: string,
    request: Fields,
  ): Promise<DatabaseAnswer & { text: string }> {
    const transaction =
      operation === 'BatchWriteItem' && this.#options.isOnDisk === true
        ? batchAsTransaction(request)
        : undefined;
    if (transaction) {
      const { status, text } = await this.#exchange('TransactWriteItems', transaction);
      if (status === 200) return { status, answer: { UnprocessedItems: {} }, text };
    }
    // What a transaction refuses, a batch refuses in its own words, or does in part.
    return this.#exchange(operation, request);
  }

  async #get(request: Fields): Promise<DatabaseAnswer> {
    const { cache } = this.#options;
    const tableName = String(request['TableName']);
    const key = request['Key'] as WireItem;
    const isConsistent = request['ConsistentRead'] === true;
    // A projection or a question about capacity is for the database.
    if (Object.keys(request).some((name) => !plainReadFields.has(name)))
      return this.#read('GetItem', request);
    const known = cache.find(tableName, key);
    if (known) {
      this.#countRead(tableName, readUnits(itemBytes(known.item), { isConsistent }));
      return { status: 200, answer: known.item ? { Item: known.item } : {} };
    }
    const remember = cache.read(tableName, key);
    const { status, answer } = await this.#exchange('GetItem', request);
    if (status !== 200) return { status, answer };
    const item = answer['Item'] as WireItem | undefined;
    remember({ item });
    this.#countRead(tableName, readUnits(itemBytes(item), { isConsistent }));
    return { status, answer };
  }

  /** What such reads take the database says rightly itself: filters hide what was read from whoever sees the answer. */
  async #read(operation: string, request: Fields): Promise<DatabaseAnswer> {
    const isAsked = request['ReturnConsumedCapacity'] !== undefined;
    const { status, answer } = await this.#exchange(
      operation,
      isAsked ? request : { ...request, ReturnConsumedCapacity: 'TOTAL' },
    );
    const { ConsumedCapacity, ...rest } = answer;
    for (const { TableName = '', CapacityUnits = 0 } of [ConsumedCapacity ?? []].flat() as {
      TableName?: string;
      CapacityUnits?: number;
    }[])
      this.#countRead(TableName, CapacityUnits);
    return { status, answer: isAsked ? answer : rest };
  }

  async #write(operation: string, request: Fields): Promise<DatabaseAnswer> {
    const { cache, onWrite } = this.#options;
    const written = writtenItems(operation, request);
    const changed = written.filter(({ kind }) => kind !== 'ConditionCheck');
    const begun = cache.write(
      changed.map((write) => ({
        ...write,
        // What of a batch was done the answer tells in parts: its items are read again.
        after: operation === 'BatchWriteItem' ? undefined : afterOf(write),
      })),
    );
    try {
      const befores = await this.#befores(operation, { written, changed, begun });
      const { status, answer, text } = await this.#exchangeWrite(operation, request);
      begun.done(status === 200);
      if (status === 200) onWrite(text);
      await this.#countWrites(operation, { written, befores, isStored: status === 200 });
      return { status, answer };
    } catch (error) {
      begun.done(false);
      // The answer was lost; what was written need not be.
      onWrite(JSON.stringify(request));
      throw error;
    }
  }

  /** What the items were. Most were read before they are written; the others are read now, where it can make a difference. */
  #befores(
    operation: string,
    given: {
      readonly written: readonly WrittenItem[];
      readonly changed: readonly WrittenItem[];
      readonly begun: BegunWrites;
    },
  ): Promise<readonly KnownItem[]> {
    const { written, changed, begun } = given;
    return Promise.all(
      written.map(async (write) => {
        const known = begun.befores[changed.indexOf(write)];
        return known ?? this.#unknownBefore(operation, write);
      }),
    );
  }

  async #unknownBefore(operation: string, write: WrittenItem): Promise<KnownItem> {
    const table = this.#tables.get(write.tableName);
    if (!table) return { item: undefined };
    const { KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } = table.properties;
    const isFirst = KeySchema.some(({ AttributeName }) => AttributeName === write.absent);
    // A record that is put again is as large as it was, so without indexes the new one tells enough.
    const isPlain =
      write.kind === 'Put' &&
      operation !== 'TransactWriteItems' &&
      GlobalSecondaryIndexes.length + LocalSecondaryIndexes.length === 0;
    return isFirst || isPlain ? { item: undefined } : this.#fetch(table, write.key);
  }

  async #fetch({ name, properties }: Table, item: WireItem): Promise<KnownItem> {
    const Key = Object.fromEntries(
      properties.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]),
    );
    const request = { TableName: name, Key, ConsistentRead: true };
    const { answer } = await this.#exchange('GetItem', request);
    return { item: answer['Item'] as WireItem | undefined };
  }

  async #countWrites(
    operation: string,
    given: {
      readonly written: readonly WrittenItem[];
      readonly befores: readonly KnownItem[];
      readonly isStored: boolean;
    },
  ): Promise<void> {
    const { written, befores, isStored } = given;
    const isTransaction = operation === 'TransactWriteItems';
    for (const [at, write] of written.entries()) {
      const table = this.#tables.get(write.tableName);
      if (!table) continue;
      const before = befores[at]?.item;
      // A condition that fails costs what the item that is there costs, and leaves the indexes alone.
      const isChanged = isStored && write.kind !== 'ConditionCheck';
      const after = isChanged
        ? (afterOf(write) ?? (await this.#fetch(table, write.key))).item
        : before;
      const units = writeUnits(table, { before, after }, { isTransaction });
      this.#options.meter.countUnits({
        table: write.tableName,
        functionName: runningFunction(),
        write: units,
      });
    }
  }

  #countRead(tableName: string, read: number): void {
    if (!this.#tables.has(tableName)) return;
    this.#options.meter.countUnits({ table: tableName, functionName: runningFunction(), read });
  }
}

function afterOf({ kind, item }: WrittenItem): KnownItem | undefined {
  if (kind === 'Update') return undefined;
  return { item };
}
