import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DamagedTables, KeptTables } from '#local/memory-tables/kept-tables.ts';
import { MemoryTables } from '#local/memory-tables/memory-tables.ts';
import { plainTable, table, type Fields } from './both-tables.ts';
import { randomSequence, recordsOf, stateOf } from './kept-state.ts';

const KILLS = Number(process.env['KEPT_TABLES_KILLS'] ?? 8);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const DYNAMO = 'DynamoDB_20120810.';
const STREAMS = 'DynamoDBStreams_20120810.';

const root = mkdtempSync(join(tmpdir(), 'zhudai-kept-'));
const opened: KeptTables[] = [];
let count = 0;

afterAll(async () => {
  await Promise.all(opened.map((tables) => tables.close().catch(() => undefined)));
  rmSync(root, { recursive: true, force: true });
});

function newFolder(): string {
  count += 1;
  return join(root, String(count));
}

async function open(directory: string, logBytesMax?: number): Promise<KeptTables> {
  const tables = await KeptTables.open({ directory, ...(logBytesMax && { logBytesMax }) });
  opened.push(tables);
  return tables;
}

/** A folder as it is at this moment, as after the power went. */
function copied(directory: string): string {
  const copy = newFolder();
  cpSync(directory, copy, { recursive: true });
  return copy;
}

async function made(logBytesMax?: number): Promise<{ directory: string; tables: KeptTables }> {
  const directory = newFolder();
  const tables = await open(directory, logBytesMax);
  await tables.send(`${DYNAMO}CreateTable`, table);
  await tables.send(`${DYNAMO}CreateTable`, plainTable);
  return { directory, tables };
}

function put(id: string, v: string): Fields {
  return { TableName: plainTable.TableName, Item: { id: { S: id }, v: { S: v } } };
}

function logIn(directory: string): string {
  const name = readdirSync(directory)
    .filter((each) => each.endsWith('.log'))
    .sort()
    .at(-1);
  return join(directory, name ?? '');
}

describe('tables that are kept', () => {
  it('are what they were, items and indexes, after whatever was asked of them', async () => {
    console.log(`seed ${seed}`);
    for (const logBytesMax of [undefined, 5_000]) {
      const directory = newFolder();
      const tables = await open(directory, logBytesMax);
      const requests = randomSequence(seed);
      for (let number = 0; number < 400; number += 1) {
        const { target, request } = requests.next();
        await tables.send(target, request);
      }
      await tables.close();
      const again = await open(directory);
      expect(stateOf(again.tables)).toBe(stateOf(tables.tables));
      expect(readdirSync(directory).length, 'old files are gone').toBeLessThanOrEqual(2);
    }
  });

  it('forget a table that was deleted, and know an index that was added', async () => {
    const { directory, tables } = await made();
    await tables.send(`${DYNAMO}PutItem`, put('a', '1'));
    await tables.send(`${DYNAMO}UpdateTable`, {
      TableName: plainTable.TableName,
      AttributeDefinitions: [{ AttributeName: 'v', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'ByV',
            KeySchema: [{ AttributeName: 'v', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        },
      ],
    });
    await tables.send(`${DYNAMO}DeleteTable`, { TableName: table.TableName });
    await tables.close();
    const again = await open(directory);
    expect(again.tables.all.map(({ name }) => name)).toEqual([plainTable.TableName]);
    const { answer } = await again.send(`${DYNAMO}Query`, {
      TableName: plainTable.TableName,
      IndexName: 'ByV',
      KeyConditionExpression: 'v = :v',
      ExpressionAttributeValues: { ':v': { S: '1' } },
    });
    expect(answer['Items']).toHaveLength(1);
  });

  it('lose nothing that was answered, and no half of a request, when they are killed', async () => {
    for (let round = 0; round < KILLS; round += 1) {
      const directory = newFolder();
      mkdirSync(directory);
      const acknowledged = await writeAndKill(directory, seed + round);
      const again = await open(directory);
      const expected = new MemoryTables();
      const requests = randomSequence(seed + round);
      const states = new Map<string, number>();
      // Whatever was under way at the end was made or not, in its order: eight at most, and those that only read.
      for (let number = 1; number <= acknowledged + 200; number += 1) {
        const { target, request } = requests.next();
        expected.send(target, request);
        if (number >= acknowledged) states.set(stateOf(expected), number);
      }
      expect(
        states.has(stateOf(again.tables)),
        `seed ${seed + round}: not as after request ${acknowledged} or one of those behind it`,
      ).toBe(true);
    }
  }, 120_000);
});

/** Answers how many requests in a row were answered before the kill. */
async function writeAndKill(directory: string, ofSeed: number): Promise<number> {
  const script = join(import.meta.dirname, 'kept-writer.ts');
  const child = spawn(process.execPath, [script, directory, String(ofSeed), '20000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const wanted = 100 + (ofSeed % 7) * 150;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > wanted) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const answered = new Set(output.split('\n').slice(0, -1).map(Number));
  let inARow = 0;
  while (answered.has(inARow + 1)) inARow += 1;
  expect(inARow).toBeGreaterThan(50);
  return inARow;
}

describe('a log that ends in the middle', () => {
  it('has the request before its end, whole, at whatever byte it is cut', async () => {
    const { directory, tables } = await made();
    await tables.send(`${DYNAMO}PutItem`, put('a', '1'));
    const before = readFileSync(logIn(directory)).length;
    const stateBefore = stateOf(tables.tables);
    await tables.send(`${DYNAMO}TransactWriteItems`, {
      TransactItems: [{ Put: put('b', '1') }, { Put: put('c', '1') }, { Put: put('a', '2') }],
    });
    const whole = readFileSync(logIn(directory)).length;
    for (let end = before; end < whole; end += 7) {
      const copy = copied(directory);
      truncateSync(logIn(copy), end);
      const again = await open(copy);
      expect(stateOf(again.tables), `cut at ${end}`).toBe(stateBefore);
      await again.send(`${DYNAMO}PutItem`, put('d', '1'));
      await again.close();
      expect((await open(copy)).find(plainTable.TableName, { id: { S: 'd' } })).toBeDefined();
    }
  });

  it('puts aside what it cuts off when that may be damage and no torn write', async () => {
    const { directory, tables } = await made();
    for (const id of ['first', 'second', 'third'])
      await tables.send(`${DYNAMO}PutItem`, put(id, '1'));
    await tables.close();
    const path = logIn(directory);
    const bytes = readFileSync(path);
    bytes.write('X', bytes.indexOf('"second"') + 1);
    writeFileSync(path, bytes);
    const again = await open(directory);
    expect(again.find(plainTable.TableName, { id: { S: 'first' } })).toBeDefined();
    expect(again.find(plainTable.TableName, { id: { S: 'third' } })).toBeUndefined();
    expect(readFileSync(`${path}.cut`, 'utf8')).toContain('"third"');
  });
});

describe('files that are not what they were', () => {
  it('are refused by name: a damaged snapshot, a damaged log that was finished, one that is missing', async () => {
    const { directory, tables } = await made(2_000);
    for (let n = 0; n < 200; n += 1) await tables.send(`${DYNAMO}PutItem`, put(`k${n}`, 'x'));
    await tables.close();
    const names = readdirSync(directory).sort();
    const snapshot = names.find((name) => name.endsWith('.snapshot')) ?? '';
    const log = names.find((name) => name.endsWith('.log')) ?? '';
    expect(snapshot.slice(0, 6)).toBe(log.slice(0, 6));
    const damaged = copied(directory);
    appendFileSync(join(damaged, snapshot), 'not a line\n');
    await expect(open(damaged)).rejects.toThrow(DamagedTables);
    await expect(open(damaged)).rejects.toThrow(`${snapshot} is damaged at byte`);
    const missing = copied(directory);
    rmSync(join(missing, log));
    await expect(open(missing)).rejects.toThrow(`${log} is not there`);
    const next = copied(directory);
    writeFileSync(join(next, logAfter(log)), '');
    truncateSync(join(next, log), readFileSync(join(next, log)).length - 3);
    await expect(open(next)).rejects.toThrow(`${log} is damaged`);
  });
});

function logAfter(log: string): string {
  return `${String(Number(log.slice(0, 6)) + 1).padStart(6, '0')}.log`;
}

it('has what was deleted or overwritten in no file any more after a snapshot', async () => {
  const { directory, tables } = await made();
  for (const id of ['gone', 'changed', 'stays'])
    await tables.send(`${DYNAMO}PutItem`, put(id, `secret-of-${id}`));
  await tables.send(`${DYNAMO}DeleteItem`, {
    TableName: plainTable.TableName,
    Key: { id: { S: 'gone' } },
  });
  await tables.send(`${DYNAMO}PutItem`, put('changed', 'nothing'));
  const cut = join(directory, '000001.log.cut');
  writeFileSync(cut, 'secret-of-gone');
  utimesSync(cut, new Date(0), new Date(0));
  const during = tables.compact();
  await tables.send(`${DYNAMO}PutItem`, put('meanwhile', 'written'));
  await during;
  const files = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
  const left = ['gone', 'changed', 'stays'].filter((id) =>
    files.join('').includes(`secret-of-${id}`),
  );
  expect(left).toEqual(['stays']);
  await tables.close();
  expect(stateOf((await open(directory)).tables)).toBe(stateOf(tables.tables));
});

describe('a stream of tables that are kept', () => {
  it('goes on behind the place where its reader was, over a snapshot and a start', async () => {
    const { directory, tables } = await made(3_000);
    await tables.send(`${DYNAMO}PutItem`, put('before', '1'));
    const [{ dynamodb } = {}] = recordsOf(tables.tables, plainTable.TableName);
    const { SequenceNumber: position } = dynamodb as { SequenceNumber: string };
    for (let n = 0; n < 100; n += 1) await tables.send(`${DYNAMO}PutItem`, put(`k${n}`, 'x'));
    await tables.close();
    expect(readdirSync(directory).some((name) => name.endsWith('.snapshot'))).toBe(true);
    const expected = recordsOf(tables.tables, plainTable.TableName, position);
    expect(expected).toHaveLength(100);
    const again = await open(directory);
    const arn = (each: KeptTables) => each.tables.table(plainTable.TableName)?.stream?.arn;
    expect(arn(again)).toBe(arn(tables));
    expect(recordsOf(again.tables, plainTable.TableName, position)).toEqual(expected);
    await again.send(`${DYNAMO}PutItem`, put('after', '1'));
    const last = recordsOf(again.tables, plainTable.TableName, position).at(-1);
    expect(last?.['dynamodb']).toMatchObject({
      SequenceNumber: String(Number(position) + 101).padStart(21, '0'),
    });
  });

  it('still has what a reader was given and may not have worked through', async () => {
    const { directory, tables } = await made(3_000);
    const stream = tables.tables.table(plainTable.TableName)?.stream;
    const { answer } = await tables.send(`${STREAMS}GetShardIterator`, {
      StreamArn: stream?.arn,
      ShardId: stream?.shardId,
      ShardIteratorType: 'TRIM_HORIZON',
    });
    for (let n = 0; n < 10; n += 1) await tables.send(`${DYNAMO}PutItem`, put(`k${n}`, 'x'));
    const given = await tables.send(`${STREAMS}GetRecords`, {
      ShardIterator: answer['ShardIterator'],
      Limit: 10,
    });
    expect(given.answer['Records']).toHaveLength(10);
    for (let n = 0; n < 60; n += 1)
      await tables.send(`${DYNAMO}PutItem`, { ...put('same', String(n)) });
    await tables.close();
    const again = await open(directory);
    const [first] = recordsOf(again.tables, plainTable.TableName);
    expect(first?.['dynamodb']).toMatchObject({ Keys: { id: { S: 'k0' } } });
  });
});

describe('what nobody is told', () => {
  const asked: readonly [string, string, Fields][] = [
    ['the write itself', 'PutItem', put('a', 'the-news')],
    ['an item', 'GetItem', { TableName: plainTable.TableName, Key: { id: { S: 'a' } } }],
    ['an item of a scan', 'Scan', { TableName: plainTable.TableName }],
    [
      'an item of a batch',
      'BatchGetItem',
      { RequestItems: { [plainTable.TableName]: { Keys: [{ id: { S: 'a' } }] } } },
    ],
    [
      'an item of a transaction',
      'TransactGetItems',
      {
        TransactItems: [{ Get: { TableName: plainTable.TableName, Key: { id: { S: 'a' } } } }],
      },
    ],
    [
      'that a condition fails',
      'PutItem',
      { ...put('a', 'other'), ConditionExpression: 'attribute_not_exists(id)' },
    ],
    ['how many items there are', 'DescribeTable', { TableName: plainTable.TableName }],
    ['which tables there are', 'ListTables', {}],
  ];

  it.each(asked)(
    'is %s, before the disk has what it follows from',
    async (_, operation, request) => {
      const { directory, tables } = await made();
      const write = tables.send(`${DYNAMO}PutItem`, put('a', 'the-news'));
      await tables.send(`${DYNAMO}${operation}`, request);
      expect(readFileSync(logIn(directory), 'utf8')).toContain('the-news');
      await write;
    },
  );

  it('is a record of a stream, before the disk has it', async () => {
    const { directory, tables } = await made();
    const stream = tables.tables.table(plainTable.TableName)?.stream;
    const { answer } = await tables.send(`${STREAMS}GetShardIterator`, {
      StreamArn: stream?.arn,
      ShardId: stream?.shardId,
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const write = tables.send(`${DYNAMO}PutItem`, put('a', 'the-news'));
    const { ShardIterator } = answer as { ShardIterator: string };
    const read = await tables.send(`${STREAMS}GetRecords`, { ShardIterator });
    expect(read.answer['Records']).toHaveLength(1);
    expect(readFileSync(logIn(directory), 'utf8')).toContain('the-news');
    await write;
  });
});

it('says once that nothing can be kept any more, and answers nobody from then on', async () => {
  const { tables } = await made();
  const told: unknown[] = [];
  tables.onBroken((error) => told.push(error));
  await tables.close();
  await expect(tables.send(`${DYNAMO}PutItem`, put('a', '1'))).rejects.toThrow('is closed');
  await expect(
    tables.send(`${DYNAMO}GetItem`, { TableName: plainTable.TableName, Key: { id: { S: 'a' } } }),
  ).rejects.toThrow('is closed');
  expect(told).toHaveLength(1);
});
