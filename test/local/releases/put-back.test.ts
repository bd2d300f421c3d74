import { randomUUID } from 'node:crypto';
import { UpdateTimeToLiveCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureTables, TableProperties } from '#local/hosting/tables.ts';
import { putBackLost, type Fate, type Outcome } from '#local/releases/put-back.ts';
import { startTestDatabase, testClient, type TestDatabase } from '../../support/dynamodb-local.ts';

type Facts = Record<string, unknown>;

const nowMs = Date.parse('2026-11-26T08:30:00Z');
let database: TestDatabase;
let client: DynamoDBClient;
let live: string;
let restored: string;
let found: { fate: Fate; key: unknown }[];

beforeAll(async () => {
  database = await startTestDatabase();
  client = testClient(database.endpoint);
});

afterAll(async () => {
  client.destroy();
  await database.stop();
});

beforeEach(async () => {
  live = `Applications-${randomUUID()}`;
  restored = `${live}-at-instant`;
  found = [];
  const properties = TableProperties.parse({
    KeySchema: [{ AttributeName: 'applicationId', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'applicationId', AttributeType: 'S' }],
  });
  await ensureTables(
    client,
    [live, restored].map((name) => ({ name, properties })),
  );
});

async function put(tableName: string, ...items: readonly Facts[]): Promise<void> {
  for (const Item of items)
    await database.documents.send(new PutCommand({ TableName: tableName, Item }));
}

/** In both tables, as if nothing had happened since the instant. */
async function putInBoth(...items: readonly Facts[]): Promise<void> {
  await put(live, ...items);
  await put(restored, ...items);
}

async function lose(applicationId: string): Promise<void> {
  await database.documents.send(new DeleteCommand({ TableName: live, Key: { applicationId } }));
}

async function read(applicationId: string): Promise<Facts | undefined> {
  const { Item } = await database.documents.send(
    new GetCommand({ TableName: live, Key: { applicationId }, ConsistentRead: true }),
  );
  return Item;
}

function run(isPutBack = true): Promise<Outcome> {
  return putBackLost({
    client,
    tableName: live,
    restoredName: restored,
    isPutBack,
    nowMs,
    found: (fate, key) => found.push({ fate, key }),
  });
}

const a = { applicationId: 'a', version: 3, tags: new Set(['x']), sealed: Uint8Array.of(1, 2) };
const b = { applicationId: 'b', version: 1 };

describe('putting back what is gone', () => {
  it('puts back a lost item as it was and leaves alone what was written since', async () => {
    await putInBoth(a, b);
    await lose('a');
    await put(live, { applicationId: 'b', version: 2 }, { applicationId: 'c', version: 1 });
    expect(await run()).toEqual({ same: 0, lost: 1, changed: 1, leftOut: 0 });
    expect(await read('a')).toEqual(a);
    expect(await read('b')).toEqual({ applicationId: 'b', version: 2 });
    expect(await read('c')).toEqual({ applicationId: 'c', version: 1 });
    expect(found).toHaveLength(2);
    expect(found).toContainEqual({ fate: 'Lost', key: { applicationId: { S: 'a' } } });
    expect(found).toContainEqual({ fate: 'Changed', key: { applicationId: { S: 'b' } } });
  });

  it('finds nothing to do the second time', async () => {
    await putInBoth(a, b);
    await lose('a');
    await run();
    expect(await run()).toEqual({ same: 2, lost: 0, changed: 0, leftOut: 0 });
  });

  it('writes nothing when it only compares', async () => {
    await putInBoth(a);
    await lose('a');
    expect(await run(false)).toMatchObject({ lost: 1 });
    expect(await read('a')).toBeUndefined();
  });

  it('goes through a table of several pages', async () => {
    const items = Array.from({ length: 230 }, (_, index) => ({ applicationId: `n${index}` }));
    await put(restored, ...items);
    await put(live, ...items.slice(0, 115));
    expect(await run()).toEqual({ same: 115, lost: 115, changed: 0, leftOut: 0 });
    const { Count } = await database.documents.send(new ScanCommand({ TableName: live }));
    expect(Count).toBe(230);
  });

  it.each([
    ['has run out', 0, false],
    ['runs out a second later', 1, true],
  ])('an item whose time %s comes back: %#', async (_, shift, isBack) => {
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: live,
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      }),
    );
    await put(restored, { applicationId: 'e', expiresAt: nowMs / 1_000 + shift });
    await run();
    expect((await read('e')) !== undefined).toBe(isBack);
  });

  it('does not overwrite what is written between the look and the put', async () => {
    await put(restored, a);
    const late = { applicationId: 'a', version: 4 };
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'PutItemCommand') await put(live, late);
        return next(args);
      },
      { step: 'initialize', name: 'latePut' },
    );
    try {
      expect(await run()).toMatchObject({ lost: 0, changed: 1 });
    } finally {
      client.middlewareStack.remove('latePut');
    }
    expect(await read('a')).toEqual(late);
  });
});

describe("the guard of a borrower's open application", () => {
  const guard = { applicationId: 'borrower#1', holder: 'b' };

  it('comes back with its application', async () => {
    await put(restored, guard, b);
    expect(await run()).toEqual({ same: 0, lost: 2, changed: 0, leftOut: 0 });
    expect(await read('borrower#1')).toEqual(guard);
  });

  it('comes back while its application is as it was', async () => {
    await putInBoth(b);
    await put(restored, guard);
    expect(await run()).toEqual({ same: 1, lost: 1, changed: 0, leftOut: 0 });
  });

  it('stays away when its application has gone on: it may have let go of it', async () => {
    await put(restored, guard, b);
    await put(live, { applicationId: 'b', version: 2 });
    expect(await run()).toEqual({ same: 0, lost: 0, changed: 1, leftOut: 1 });
    expect(await read('borrower#1')).toBeUndefined();
  });
});
