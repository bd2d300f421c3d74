import type { TableAnswer } from '../memory-tables/memory-tables.ts';
import type { WireItem } from './attribute-values.ts';
import { itemBytes, readUnits, writeUnits } from './capacity-units.ts';
import { runningFunction } from './function-environment.ts';
import type { Meter } from './meter.ts';
import type { Permissions } from './permissions.ts';
import type { TablesInProcess } from './platform-database.ts';
import type { Table } from './tables.ts';
import {
  refusalOf,
  writeOperations,
  type DatabaseAnswer,
  type TableRequests,
} from './table-requests.ts';
import { writtenItems } from './written-items.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface MemoryRequestsOptions {
  readonly memory: TablesInProcess;
  /** The template's: those of the host's own are not counted. */
  readonly tables: readonly Table[];
  readonly meter: Meter;
  /** Judges what functions ask for; from outside of functions everything is allowed. */
  readonly permissions?: Permissions;
  /** Told of the tables of every write, once it is done. */
  readonly onWrite: (tableNames: readonly string[]) => void;
}

const TARGET = 'DynamoDB_20120810.';

/** Every request to the tables of this process on its way there. */
export class MemoryRequests implements TableRequests {
  readonly #options: MemoryRequestsOptions;
  readonly #tables: ReadonlyMap<string, Table>;

  constructor(options: MemoryRequestsOptions) {
    this.#options = options;
    this.#tables = new Map(options.tables.map((table) => [table.name, table]));
  }

  async forward(target: string, text: string): Promise<{ status: number; body: Buffer }> {
    const request = JSON.parse(text === '' ? '{}' : text) as Fields;
    const { status, answer } = target.startsWith(TARGET)
      ? await this.send(target.slice(TARGET.length), request)
      : await this.#options.memory.send(target, request);
    return { status, body: Buffer.from(JSON.stringify(answer)) };
  }

  async send(operation: string, request: Fields): Promise<DatabaseAnswer> {
    const { memory, meter, permissions } = this.#options;
    const refused = refusalOf(permissions, operation, request);
    if (refused) return refused;
    meter.countRequest(`DynamoDB.${operation}`);
    const isWrite = writeOperations.has(operation);
    // What a read took the tables know best: filters hide what was read. Writes are counted by their changes.
    const isCounted =
      !isWrite && operation !== 'GetItem' && request['ReturnConsumedCapacity'] === undefined;
    const answered = await memory.send(
      TARGET + operation,
      isCounted ? { ...request, ReturnConsumedCapacity: 'TOTAL' } : request,
    );
    if (isWrite) this.#countWrites(operation, request, answered);
    else this.#countReads(operation, request, answered.answer);
    if (!isCounted) return answered;
    const answer = { ...answered.answer };
    Reflect.deleteProperty(answer, 'ConsumedCapacity');
    return { status: answered.status, answer };
  }

  #countReads(operation: string, request: Fields, answer: Fields): void {
    if (operation === 'GetItem' && answer['ConsumedCapacity'] === undefined) {
      const isConsistent = request['ConsistentRead'] === true;
      const bytes = itemBytes(answer['Item'] as WireItem | undefined);
      this.#count(String(request['TableName']), { read: readUnits(bytes, { isConsistent }) });
      return;
    }
    const consumed = [answer['ConsumedCapacity'] ?? []].flat() as {
      TableName: string;
      CapacityUnits: number;
    }[];
    for (const { TableName, CapacityUnits } of consumed)
      this.#count(TableName, { read: CapacityUnits });
  }

  #countWrites(operation: string, request: Fields, { status, changes }: TableAnswer): void {
    const isTransaction = operation === 'TransactWriteItems';
    const written = status === 200 ? changes : this.#untouched(operation, request);
    for (const change of written) {
      const table = this.#tables.get(change.tableName);
      if (table) this.#count(table.name, { write: writeUnits(table, change, { isTransaction }) });
    }
    if (status === 200) this.#options.onWrite(written.map(({ tableName }) => tableName));
  }

  /** A write that is refused costs what the item that is there costs. */
  #untouched(operation: string, request: Fields): TableAnswer['changes'] {
    return writtenItems(operation, request).map(({ tableName, key }) => {
      const item = this.#options.memory.find(tableName, key);
      return { tableName, before: item, after: item };
    });
  }

  #count(table: string, units: { readonly read?: number; readonly write?: number }): void {
    if (!this.#tables.has(table)) return;
    this.#options.meter.countUnits({ table, functionName: runningFunction(), ...units });
  }
}
