import type { WireItem } from '../hosting/attribute-values.ts';
import type { TableProperties } from '../hosting/tables.ts';
import { MemoryTable } from './memory-table.ts';
import { batchGetItem, getItem, query, scan, transactGetItems } from './reads.ts';
import { invalid, Refusal, refused } from './refusal.ts';
import { answerStreams } from './stream-requests.ts';
import {
  createTable,
  deleteTable,
  describeTable,
  describeTimeToLive,
  listTables,
  updateTable,
  updateTimeToLive,
} from './table-requests.ts';
import { Transactions } from './transactions.ts';
import { batchWriteItem, writeItem, type ItemChange } from './writes.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a request is answered with, in DynamoDB's JSON. */
export interface TableAnswer {
  readonly status: number;
  readonly answer: Fields;
  /** What each item was that the request wrote, and is now; in its order. */
  readonly changes: readonly ItemChange[];
}

/** Told of whatever has to be known to make the tables again, at once and in its order. */
export interface TablesObserver {
  wrote(changes: readonly ItemChange[]): void;
  /** A table was made, or is another now than it was. */
  described(table: MemoryTable): void;
  dropped(tableName: string): void;
}

type Operation = (request: Fields) => Fields;

/**
 * DynamoDB's tables in this process's memory, with its conditions, transactions, indexes and streams; what they answer is
 * compared with DynamoDB Local in `test/local/memory-tables`. Items are shared, not copied: nobody changes one.
 */
export class MemoryTables {
  readonly #tables = new Map<string, MemoryTable>();
  readonly #transactions: Transactions;
  readonly #operations: Readonly<Record<string, Operation>>;
  readonly #observer: TablesObserver | undefined;
  readonly #writes: Readonly<
    Record<string, (request: Fields) => { answer: Fields; changes: readonly ItemChange[] }>
  >;

  constructor(observer?: TablesObserver) {
    this.#observer = observer;
    const find = (name: unknown): MemoryTable => this.#find(name);
    this.#transactions = new Transactions(find);
    this.#operations = {
      GetItem: (request) => getItem(request, find),
      Query: (request) => query(request, find),
      Scan: (request) => scan(request, find),
      BatchGetItem: (request) => batchGetItem(request, find),
      TransactGetItems: (request) => transactGetItems(request, find),
      CreateTable: (request) => this.#describing(request, createTable(request, this.#tables)),
      DeleteTable: (request) => {
        const answer = deleteTable(request, this.#tables);
        observer?.dropped(String(request['TableName']));
        return answer;
      },
      UpdateTable: (request) => this.#describing(request, updateTable(request, find)),
      DescribeTable: (request) => describeTable(request, find),
      ListTables: (request) => listTables(request, this.#tables),
      UpdateTimeToLive: (request) => this.#describing(request, updateTimeToLive(request, find)),
      DescribeTimeToLive: (request) => describeTimeToLive(request, find),
    };
    this.#writes = {
      PutItem: (request) => writeItem('Put', request, find),
      UpdateItem: (request) => writeItem('Update', request, find),
      DeleteItem: (request) => writeItem('Delete', request, find),
      BatchWriteItem: (request) => batchWriteItem(request, find),
      TransactWriteItems: (request) => this.#transactions.write(request),
    };
  }

  /** Answers a request; `target` names service and operation as `x-amz-target` does. */
  send(target: string, request: Fields): TableAnswer {
    const [service = '', operation = ''] = target.split('.');
    try {
      const write = this.#writes[operation];
      if (write) {
        const written = write(request);
        this.#observer?.wrote(written.changes);
        return { status: 200, ...written };
      }
      const answer = service.startsWith('DynamoDBStreams')
        ? answerStreams(operation, request, this.#tables)
        : this.#read(operation, request);
      return { status: 200, answer, changes: [] };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { type, message, more } = error;
      return { status: 400, answer: { __type: type, Message: message, ...more }, changes: [] };
    }
  }

  /** The item with the key that stands in these attributes; undefined where there is none, or no such table. */
  find(tableName: string, attributes: Fields): WireItem | undefined {
    return this.table(tableName)?.items.get(attributes as WireItem);
  }

  /** Every table there is. */
  get all(): readonly MemoryTable[] {
    return [...this.#tables.values()];
  }

  table(name: string): MemoryTable | undefined {
    return this.#tables.get(name);
  }

  /** A table of an earlier life, made again or brought to what it became; the observer knows of it. */
  recall(given: {
    readonly name: string;
    readonly properties: TableProperties;
    readonly createdAtMs: number;
    readonly ttlAttribute?: string | undefined;
  }): void {
    const { name, properties, createdAtMs, ttlAttribute } = given;
    let table = this.#tables.get(name);
    if (table) table.withIndex(properties);
    else {
      table = new MemoryTable(name, properties, createdAtMs);
      table.stream?.resume({ firstNumber: 1, changes: [] });
      this.#tables.set(name, table);
    }
    table.ttlAttribute = ttlAttribute;
  }

  /** Forgets a table of an earlier life. */
  forget(name: string): void {
    this.#tables.delete(name);
  }

  #describing(request: Fields, answer: Fields): Fields {
    this.#observer?.described(this.#find(request['TableName']));
    return answer;
  }

  #read(operation: string, request: Fields): Fields {
    const read = this.#operations[operation];
    if (!read) throw refused('UnknownOperationException', 'An unknown operation was requested.');
    return read(request);
  }

  #find(name: unknown): MemoryTable {
    if (name === undefined)
      throw invalid(
        "Value null at 'tableName' failed to satisfy constraint: Member must not be null",
      );
    const table = this.#tables.get(name as string);
    if (table) return table;
    throw refused('ResourceNotFoundException', 'Cannot do operations on a non-existent table');
  }
}
