import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  GetItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  type AttributeValue,
  type DynamoDBClient,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { BatchWriter } from './batch-writer.ts';
import type { JournalRecord } from './journal.ts';
import { ownersOf } from './memory-store.ts';
import type {
  ExecutionPage,
  ExecutionQuery,
  ExecutionStore,
  ExecutionSummary,
  MachineRecord,
  PublicationRecord,
} from './store.ts';

type Item = Record<string, AttributeValue>;

/** Journal chunks stay below DynamoDB's 400 KB for an item. */
const CHUNK_CHARACTERS_MAX = 90_000;
const RUNNING_INDEX = 'RunningExecutions';
const OWNER_INDEX = 'ExecutionsByOwner';
const MACHINES = 'machines';
const PUBLICATIONS = 'publications';
const SUMMARY = 'summary';

/**
 * Keeps executions in one DynamoDB table of the emulator's own. An execution is a `summary` item, written when it starts
 * and ends, and `journal#…` items, only ever added.
 */
export class DynamoExecutionStore implements ExecutionStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #writer: BatchWriter;
  /** Definitions known to be stored. */
  readonly #definitions = new Map<string, string>();

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
    this.#writer = new BatchWriter(client, tableName, ['executionArn', 'record']);
  }

  async ensure(): Promise<void> {
    const TableName = this.#tableName;
    try {
      await this.#client.send(new DescribeTableCommand({ TableName }));
      return;
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
    const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
    const index = (IndexName: string, owner: string) => ({
      IndexName,
      KeySchema: [key(owner, 'HASH'), key('startedAt', 'RANGE')],
      Projection: { ProjectionType: 'ALL' as const },
    });
    await this.#client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['executionArn', 'record', 'running', 'owner', 'startedAt'].map(
          (AttributeName) => ({ AttributeName, AttributeType: 'S' as const }),
        ),
        KeySchema: [key('executionArn', 'HASH'), key('record', 'RANGE')],
        GlobalSecondaryIndexes: [index(RUNNING_INDEX, 'running'), index(OWNER_INDEX, 'owner')],
      }),
    );
  }

  async saveMachine(machine: MachineRecord): Promise<void> {
    await this.#putNamed(MACHINES, machine);
  }

  async deleteMachine(stateMachineArn: string): Promise<void> {
    await this.#deleteNamed(MACHINES, stateMachineArn);
  }

  async listMachines(): Promise<readonly MachineRecord[]> {
    return (await this.#listNamed(MACHINES)) as MachineRecord[];
  }

  async savePublication(record: PublicationRecord): Promise<void> {
    await this.#putNamed(PUBLICATIONS, record);
  }

  async deletePublication(stateMachineArn: string): Promise<void> {
    await this.#deleteNamed(PUBLICATIONS, stateMachineArn);
  }

  async listPublications(): Promise<readonly PublicationRecord[]> {
    return (await this.#listNamed(PUBLICATIONS)) as PublicationRecord[];
  }

  /** Writes one of the few records that are listed whole, under the machine it is about. */
  async #putNamed(list: string, record: { readonly stateMachineArn: string }): Promise<void> {
    await this.#writer.put({
      executionArn: { S: list },
      record: { S: record.stateMachineArn },
      ...bodyAttribute(record),
    });
  }

  async #deleteNamed(list: string, stateMachineArn: string): Promise<void> {
    await this.#client.send(
      new DeleteItemCommand({
        TableName: this.#tableName,
        Key: { executionArn: { S: list }, record: { S: stateMachineArn } },
      }),
    );
  }

  async #listNamed(list: string): Promise<readonly unknown[]> {
    const items = await this.#queryAll({
      KeyConditionExpression: 'executionArn = :key',
      ExpressionAttributeValues: { ':key': { S: list } },
    });
    return items.map((item) => bodyOf(item));
  }

  async saveDefinition(hash: string, definition: string): Promise<void> {
    if (this.#definitions.has(hash)) return;
    await this.#putChunks(`definition#${hash}`, 'text', definition);
    this.#definitions.set(hash, definition);
  }

  async findDefinition(hash: string): Promise<string | undefined> {
    const known = this.#definitions.get(hash);
    if (known !== undefined) return known;
    const chunks = await this.#chunksOf(`definition#${hash}`, 'text');
    return chunks.length === 0 ? undefined : chunks.map(({ text }) => text).join('');
  }

  async saveExecution(execution: ExecutionSummary): Promise<void> {
    const [owner = ''] = ownersOf(execution);
    await this.#writer.put({
      executionArn: { S: execution.executionArn },
      record: { S: SUMMARY },
      owner: { S: owner },
      status: { S: execution.status },
      // Names are unique among a machine's executions, so that equal instants keep an order.
      startedAt: { S: `${new Date(execution.startedAtMs).toISOString()}#${execution.name}` },
      ...bodyAttribute(execution),
      ...(execution.status === 'RUNNING' && { running: { S: 'yes' } }),
    });
  }

  async findExecution(executionArn: string): Promise<ExecutionSummary | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#tableName,
        Key: { executionArn: { S: executionArn }, record: { S: SUMMARY } },
        ConsistentRead: true,
      }),
    );
    return Item && (bodyOf(Item) as ExecutionSummary);
  }

  async listExecutions({ of, status, limit, after }: ExecutionQuery): Promise<ExecutionPage> {
    const executions: ExecutionSummary[] = [];
    let from = after === undefined ? undefined : (JSON.parse(after) as Item);
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: this.#tableName,
          IndexName: OWNER_INDEX,
          KeyConditionExpression: '#owner = :owner',
          ExpressionAttributeNames: { '#owner': 'owner', ...(status && { '#status': 'status' }) },
          ExpressionAttributeValues: {
            ':owner': { S: of },
            ...(status && { ':status': { S: status } }),
          },
          ...(status && { FilterExpression: '#status = :status' }),
          ScanIndexForward: false,
          Limit: limit - executions.length,
          ExclusiveStartKey: from,
        }),
      );
      for (const item of page.Items ?? []) executions.push(bodyOf(item) as ExecutionSummary);
      from = page.LastEvaluatedKey;
    } while (from !== undefined && executions.length < limit);
    return from === undefined ? { executions } : { executions, next: JSON.stringify(from) };
  }

  async listRunning(): Promise<readonly ExecutionSummary[]> {
    const items = await this.#queryAll({
      IndexName: RUNNING_INDEX,
      KeyConditionExpression: 'running = :yes',
      ExpressionAttributeValues: { ':yes': { S: 'yes' } },
    });
    return items.map((item) => bodyOf(item) as ExecutionSummary);
  }

  append(executionArn: string, sequence: number, records: readonly JournalRecord[]): Promise<void> {
    const place = String(sequence).padStart(9, '0');
    return this.#putChunks(executionArn, `journal#${place}`, JSON.stringify(records));
  }

  async readJournal(executionArn: string): Promise<readonly JournalRecord[]> {
    const records: JournalRecord[] = [];
    let text: string[] = [];
    for (const chunk of await this.#chunksOf(executionArn, 'journal#')) {
      const [, sequence, index] = chunk.record.split('#').map(Number);
      // Left over from a batch that a crash cut short and the next life of the process wrote again.
      if (sequence !== undefined && sequence <= records.length) continue;
      // A hole: what was never wholly written was never answered to anybody.
      if (sequence !== records.length + 1 || index !== text.length) break;
      text.push(chunk.text);
      if (!chunk.isLast) continue;
      records.push(...(JSON.parse(text.join('')) as JournalRecord[]));
      text = [];
    }
    return records;
  }

  async #putChunks(executionArn: string, record: string, text: string): Promise<void> {
    const chunks = chunksOf(text);
    const puts = chunks.map((chunk, index) =>
      this.#writer.put({
        executionArn: { S: executionArn },
        record: { S: `${record}#${String(index).padStart(4, '0')}` },
        text: { S: chunk },
        ...(index === chunks.length - 1 && { isLast: { BOOL: true } }),
      }),
    );
    await Promise.all(puts);
  }

  async #chunksOf(
    executionArn: string,
    prefix: string,
  ): Promise<{ record: string; text: string; isLast: boolean }[]> {
    const items = await this.#queryAll({
      KeyConditionExpression: 'executionArn = :arn AND begins_with(#record, :prefix)',
      ExpressionAttributeNames: { '#record': 'record' },
      ExpressionAttributeValues: { ':arn': { S: executionArn }, ':prefix': { S: prefix } },
      ConsistentRead: true,
    });
    return items.map((item) => ({
      record: item['record']?.S ?? '',
      text: item['text']?.S ?? '',
      isLast: item['isLast']?.BOOL === true,
    }));
  }

  async #queryAll(query: Omit<QueryCommandInput, 'TableName'>): Promise<Item[]> {
    const items: Item[] = [];
    let from: Item | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({ ...query, TableName: this.#tableName, ExclusiveStartKey: from }),
      );
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return items;
  }
}

/** Cuts a text into pieces that fit an item, never between the halves of one character. */
function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  for (let start = 0; start < text.length || start === 0;) {
    let end = start + CHUNK_CHARACTERS_MAX;
    const last = text.charCodeAt(end - 1);
    if (last >= 0xd800 && last <= 0xdbff) end -= 1;
    chunks.push(text.slice(start, end));
    start = end;
  }
  return chunks;
}

/** A summary may carry an input and an output of 256 KB each: large ones are packed. */
function bodyAttribute(value: unknown): Item {
  const text = JSON.stringify(value);
  if (text.length <= CHUNK_CHARACTERS_MAX) return { body: { S: text } };
  return { packed: { B: deflateRawSync(text) } };
}

function bodyOf(item: Item): unknown {
  const packed = item['packed']?.B;
  const text = packed ? inflateRawSync(packed).toString() : (item['body']?.S ?? 'null');
  return JSON.parse(text);
}
