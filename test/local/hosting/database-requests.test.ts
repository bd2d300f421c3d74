import {
  ConditionalCheckFailedException,
  ResourceNotFoundException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseRequests } from '#local/hosting/database-requests.ts';
import { DatabaseProcess } from '#local/hosting/database-process.ts';
import { DynamoWire } from '#local/hosting/dynamo-wire.ts';
import { runAsFunction } from '#local/hosting/function-environment.ts';
import { ItemCache } from '#local/hosting/item-cache.ts';
import { Meter } from '#local/hosting/meter.ts';
import { routeDocuments } from '#local/hosting/sdk-documents.ts';
import { ensureTables, TableProperties, type Table } from '#local/hosting/tables.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { documentsOf, testClient } from '../../support/dynamodb-local.ts';

const things: Table = {
  name: 'Things',
  properties: TableProperties.parse({
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: ['id', 'owner'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'ByOwner',
        KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  }),
};
const TableName = things.name;

let database: DatabaseProcess;
let wire: DynamoWire;
let meter: Meter;
let cached: DynamoDBDocumentClient;
let direct: DynamoDBDocumentClient;
let requests: DatabaseRequests;
/** Requests that reached the database. */
let sent: string[] = [];
let stopRouting: () => void;

beforeAll(async () => {
  database = await DatabaseProcess.start({ dataDir: undefined });
  wire = new DynamoWire(database.port);
  await ensureTables(testClient(database.endpoint), [
    things,
    { ...things, name: 'zhudai-executions' },
  ]);
}, 60_000);

afterAll(async () => {
  stopRouting();
  wire.close();
  await database.stop();
});

beforeEach(() => {
  sent = [];
  meter = new Meter();
  requests = requestsOf({});
  stopRouting = routeDocuments(database.port, (operation, request) =>
    requests.send(operation, request),
  );
  cached = documentsOf(testClient(database.endpoint));
  // The name leads to the same database past the route.
  direct = documentsOf(testClient(database.endpoint.replace('127.0.0.1', 'localhost')));
});

function requestsOf(more: { readonly isOnDisk?: boolean }): DatabaseRequests {
  return new DatabaseRequests({
    tables: [things],
    cache: new ItemCache([things]),
    meter,
    onWrite: () => undefined,
    wire: {
      forward: (target, body) => {
        sent.push(target.split('.')[1] ?? '');
        return wire.forward(target, body);
      },
    },
    ...more,
  });
}

const units = () => {
  const { readUnits, writeUnits } = meter.read();
  return { readUnits, writeUnits };
};
const get = (documents: DynamoDBDocumentClient, id: string) =>
  documents.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }));

describe('reads of what was written', () => {
  it('are answered without the database, by equal items of their own', async () => {
    const item = { id: 'a', list: [1, { deep: 'x' }], bytes: new Uint8Array([1, 2]), none: null };
    await cached.send(new PutCommand({ TableName, Item: item }));
    sent = [];
    const { Item: first } = await get(cached, 'a');
    const { Item: second } = await get(cached, 'a');
    expect(sent).toEqual([]);
    expect(first).toEqual((await get(direct, 'a')).Item);
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
  });

  it('see a failed write change nothing', async () => {
    await cached.send(new PutCommand({ TableName, Item: { id: 'b', version: 1 } }));
    const refused = cached.send(
      new PutCommand({
        TableName,
        Item: { id: 'b', version: 2 },
        ConditionExpression: 'version = :read',
        ExpressionAttributeValues: { ':read': 7 },
      }),
    );
    await expect(refused).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    expect((await get(cached, 'b')).Item).toEqual({ id: 'b', version: 1 });
  });

  it('agree with the database however writes and reads overlap', async () => {
    const seed = Date.now() % 100_000;
    console.log(`seed ${seed}`);
    const random = seededRandom(seed);
    const pick = (count: number): number => Math.floor(random() * count);
    const work = async (): Promise<void> => {
      for (let turn = 0; turn < 40; turn += 1) {
        const id = `c${pick(3)}`;
        const Item = { id, stamp: random(), ...(pick(2) === 0 && { owner: `o${pick(2)}` }) };
        const turns = [
          () => cached.send(new PutCommand({ TableName, Item })),
          () => cached.send(new DeleteCommand({ TableName, Key: { id } })),
          () =>
            cached.send(
              new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item } }] }),
            ),
          () =>
            cached.send(
              new UpdateCommand({
                TableName,
                Key: { id },
                UpdateExpression: 'SET stamp = :stamp',
                ExpressionAttributeValues: { ':stamp': random() },
              }),
            ),
          () =>
            cached.send(
              new BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] } }),
            ),
          () => get(cached, id),
        ];
        // Transactions of one item at once conflict, as they may.
        await turns[pick(turns.length)]?.().catch((error: unknown) => {
          if (!(error instanceof TransactionCanceledException)) throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
    for (const id of ['c0', 'c1', 'c2'])
      expect((await get(cached, id)).Item).toEqual((await get(direct, id)).Item);
  });
});

describe('errors', () => {
  it('are the SDK’s own, with the item and the reasons', async () => {
    await cached.send(new PutCommand({ TableName, Item: { id: 'e', version: 3 } }));
    const condition = {
      TableName,
      Item: { id: 'e' },
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    const put = (documents: DynamoDBDocumentClient) =>
      documents.send(new PutCommand(condition)).catch((error: unknown) => error);
    const together = (documents: DynamoDBDocumentClient) =>
      documents
        .send(new TransactWriteCommand({ TransactItems: [{ Put: condition }] }))
        .catch((error: unknown) => error);
    const missing = (documents: DynamoDBDocumentClient) =>
      documents
        .send(new GetCommand({ TableName: 'NoSuchTable', Key: { id: 'e' } }))
        .catch((error: unknown) => error);
    expect(await put(cached)).toBeInstanceOf(ConditionalCheckFailedException);
    expect(await together(cached)).toBeInstanceOf(TransactionCanceledException);
    expect(await missing(cached)).toBeInstanceOf(ResourceNotFoundException);
    for (const attempt of [put, together, missing]) {
      const [ours, theirs] = [await attempt(cached), await attempt(direct)] as Error[];
      expect(ours?.name).toBe(theirs?.name);
      expect(ours?.message).toBe(theirs?.message);
    }
    expect(
      ((await together(cached)) as TransactionCanceledException).CancellationReasons,
    ).toMatchObject([{ Code: 'ConditionalCheckFailed' }]);
  });
});

describe('the meter', () => {
  it.each<[string, () => Promise<unknown>, { readUnits: number; writeUnits: number }]>([
    [
      'a put with an index entry',
      () => cached.send(new PutCommand({ TableName, Item: { id: 'm1', owner: 'x' } })),
      { readUnits: 0, writeUnits: 2 },
    ],
    [
      'a put over an item whose index key moves, although nobody had read it',
      async () => {
        await direct.send(new PutCommand({ TableName, Item: { id: 'm2', owner: 'x' } }));
        await cached.send(new PutCommand({ TableName, Item: { id: 'm2', owner: 'y' } }));
      },
      { readUnits: 0, writeUnits: 3 },
    ],
    [
      'a transaction of two, one with an entry',
      () =>
        cached.send(
          new TransactWriteCommand({
            TransactItems: [
              { Put: { TableName, Item: { id: 'm3' } } },
              { Put: { TableName, Item: { id: 'm4', owner: 'x' } } },
            ],
          }),
        ),
      { readUnits: 0, writeUnits: 5 },
    ],
    [
      'an update, by what it made of the item',
      async () => {
        await direct.send(new PutCommand({ TableName, Item: { id: 'm5' } }));
        await cached.send(
          new UpdateCommand({
            TableName,
            Key: { id: 'm5' },
            UpdateExpression: 'SET #owner = :owner, #text = :text',
            ExpressionAttributeNames: { '#owner': 'owner', '#text': 'text' },
            ExpressionAttributeValues: { ':owner': 'x', ':text': 'x'.repeat(1500) },
          }),
        );
      },
      { readUnits: 0, writeUnits: 3 },
    ],
    [
      'a condition that fails',
      () =>
        cached
          .send(
            new PutCommand({
              TableName,
              Item: { id: 'm1', owner: 'z' },
              ConditionExpression: 'attribute_exists(nothing)',
            }),
          )
          .catch(() => undefined),
      { readUnits: 0, writeUnits: 1 },
    ],
    [
      'a consistent read of what is remembered, and an eventual one',
      async () => {
        await cached.send(
          new PutCommand({ TableName, Item: { id: 'm6', text: 'x'.repeat(5000) } }),
        );
        await get(cached, 'm6');
        await cached.send(new GetCommand({ TableName, Key: { id: 'm6' } }));
      },
      { readUnits: 3, writeUnits: 5 },
    ],
    ['a read of nothing', () => get(cached, 'nobody'), { readUnits: 1, writeUnits: 0 }],
    [
      'a query whose filter hides what was read',
      () =>
        cached.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'id = :id',
            FilterExpression: 'attribute_exists(nothing)',
            ExpressionAttributeValues: { ':id': 'm6' },
            ConsistentRead: true,
          }),
        ),
      { readUnits: 2, writeUnits: 0 },
    ],
  ])('counts %s', async (_, work, expected) => {
    await work();
    expect(units()).toEqual(expected);
  });

  it('shows units by table and by function', async () => {
    const scope = { name: 'screen', environment: {}, log: () => undefined };
    await runAsFunction(scope, () =>
      cached.send(new PutCommand({ TableName, Item: { id: 'f', owner: 'x' } })),
    );
    await get(cached, 'f');
    expect(meter.read()).toMatchObject({
      unitsByTable: { Things: { read: 1, write: 2 } },
      unitsByFunction: {
        screen: { read: 0, write: 2 },
        'outside of functions': { read: 1, write: 0 },
      },
    });
  });

  it('counts nothing for tables that only this machine has', async () => {
    await cached.send(new PutCommand({ TableName: 'zhudai-executions', Item: { id: 'x' } }));
    const body = JSON.stringify({ TableName: 'zhudai-executions', Item: { id: { S: 'y' } } });
    await requests.forward('DynamoDB_20120810.PutItem', body);
    expect(units()).toEqual({ readUnits: 0, writeUnits: 0 });
  });
});

describe('a batch on the way to the disk', () => {
  const batchOf = (ids: readonly string[]) =>
    new BatchWriteCommand({
      RequestItems: { [TableName]: ids.map((id) => ({ PutRequest: { Item: { id, n: 1 } } })) },
    });
  const numbered = (count: number) => Array.from({ length: count }, (_, at) => `batch-${at}`);

  beforeEach(() => {
    requests = requestsOf({ isOnDisk: true });
  });

  it.each([
    [2, 'BatchWriteItem'],
    [7, 'BatchWriteItem'],
    [8, 'TransactWriteItems'],
    [25, 'TransactWriteItems'],
  ])('of %i items is sent as %s and counted as a batch', async (count, operation) => {
    const answer = await cached.send(batchOf(numbered(count)));
    expect(sent.filter((each) => each.includes('Write'))).toEqual([operation]);
    expect(answer.UnprocessedItems ?? {}).toEqual({});
    for (const id of numbered(count)) expect((await get(direct, id)).Item).toEqual({ id, n: 1 });
    expect(units().writeUnits).toBe(count);
  });

  it('is refused in the words of a batch', async () => {
    const twice = batchOf([...numbered(8), 'batch-0']);
    const refusal = async (documents: DynamoDBDocumentClient): Promise<string> =>
      documents.send(twice).then(
        () => 'stored',
        (error: unknown) => String(error),
      );
    expect(await refusal(cached)).toBe(await refusal(direct));
  });
});
