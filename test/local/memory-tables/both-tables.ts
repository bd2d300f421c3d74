import { DatabaseProcess } from '#local/hosting/database-process.ts';
import { DynamoWire } from '#local/hosting/dynamo-wire.ts';
import { MemoryTables } from '#local/memory-tables/memory-tables.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly answer: Fields;
}

/** One answer from each: DynamoDB Local's is what is expected. */
export interface BothAnswers {
  readonly expected: Answer;
  readonly actual: Answer;
}

/** Asks DynamoDB Local and the tables in memory the same. */
export class BothTables {
  readonly memory = new MemoryTables();
  readonly #database: DatabaseProcess;
  readonly #wire: DynamoWire;

  private constructor(database: DatabaseProcess) {
    this.#database = database;
    this.#wire = new DynamoWire(database.port);
  }

  static async start(): Promise<BothTables> {
    return new BothTables(await DatabaseProcess.start({ dataDir: undefined }));
  }

  async ask(operation: string, request: Fields): Promise<BothAnswers> {
    return {
      expected: await this.askLocal(operation, request),
      actual: this.askMemory(operation, request),
    };
  }

  async askLocal(operation: string, request: Fields): Promise<Answer> {
    const { status, body } = await this.#wire.forward(targetOf(operation), JSON.stringify(request));
    return answerOf(status, JSON.parse(withoutItsWays(body.toString('utf8'))) as Fields);
  }

  askMemory(operation: string, request: Fields): Answer {
    // Through JSON: what is kept is shared with nobody.
    const copy = JSON.parse(JSON.stringify(request)) as Fields;
    const { status, answer } = this.memory.send(targetOf(operation), copy);
    return answerOf(status, JSON.parse(JSON.stringify(answer)) as Fields);
  }

  async stop(): Promise<void> {
    this.#wire.close();
    await this.#database.stop();
  }
}

/** DynamoDB Local leaves zeros behind what it adds, and puts a full stop after one of two equal messages. */
function withoutItsWays(body: string): string {
  return body
    .replace(/"N":"(-?\d+)\.(\d*?)0+"/g, (_, whole: string, rest: string) =>
      rest === '' ? `"N":"${whole}"` : `"N":"${whole}.${rest}"`,
    )
    .replaceAll('The conditional request failed.', 'The conditional request failed');
}

function targetOf(operation: string): string {
  return operation.includes('.') ? operation : `DynamoDB_20120810.${operation}`;
}

function answerOf(status: number, given: Fields): Answer {
  const { __type, Message, message, ...answer } = given;
  const text = Message ?? message;
  return {
    status,
    type: typeof __type === 'string' ? __type.split('#').at(-1) : undefined,
    message: typeof text === 'string' ? text : undefined,
    answer,
  };
}

/** An answer in which the order of what has no order is the same. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/** A table with a text and a number as its key, indexes of every projection, and a stream of both images. */
export const table = {
  TableName: 'Things',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [
    { AttributeName: 'id', KeyType: 'HASH' },
    { AttributeName: 'n', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'n', AttributeType: 'N' },
    { AttributeName: 'g', AttributeType: 'S' },
    { AttributeName: 'h', AttributeType: 'S' },
    { AttributeName: 'b', AttributeType: 'B' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'KeysOnly',
      KeySchema: [
        { AttributeName: 'g', KeyType: 'HASH' },
        { AttributeName: 'n', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
    {
      IndexName: 'Some',
      KeySchema: [
        { AttributeName: 'g', KeyType: 'HASH' },
        { AttributeName: 'h', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['v', 'm'] },
    },
    {
      IndexName: 'All',
      KeySchema: [{ AttributeName: 'h', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
    {
      IndexName: 'Bytes',
      KeySchema: [
        { AttributeName: 'h', KeyType: 'HASH' },
        { AttributeName: 'b', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'Beside',
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'h', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
} as const;

/** A table with one key and nothing more. */
export const plainTable = {
  TableName: 'Plain',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
} as const;
