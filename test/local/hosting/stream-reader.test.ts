import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '#local/clock.ts';
import { Activity } from '#local/hosting/activity.ts';
import { DatabaseProcess } from '#local/hosting/database-process.ts';
import { DynamoWire } from '#local/hosting/dynamo-wire.ts';
import { HostTable } from '#local/hosting/host-table.ts';
import { StreamReader } from '#local/hosting/stream-reader.ts';
import { ensureTables, TableProperties } from '#local/hosting/tables.ts';
import { documentsOf, testClient } from '../../support/dynamodb-local.ts';

/** The database's own protocol over a line that can lose answers, and counts the looks at streams. */
class LossyWire extends DynamoWire {
  looks = 0;
  answersToLose = 0;

  override async forward(target: string, body: string): Promise<{ status: number; body: Buffer }> {
    const answer = await super.forward(target, body);
    if (!target.endsWith('.GetRecords')) return answer;
    this.looks += 1;
    if (this.answersToLose === 0) return answer;
    this.answersToLose -= 1;
    throw new Error('the answer was lost');
  }
}

const tableName = 'Streamed';
let database: DatabaseProcess;
let wire: LossyWire;
let documents: DynamoDBDocumentClient;
let hostTable: HostTable;
let reader: StreamReader;
let handedOn: string[];
let errors: unknown[];
let number = 0;

async function write(): Promise<string> {
  number += 1;
  const id = `thing-${number}`;
  await documents.send(new PutCommand({ TableName: tableName, Item: { id } }));
  return id;
}

beforeAll(async () => {
  database = await DatabaseProcess.start({ dataDir: undefined });
  const client = testClient(database.endpoint);
  documents = documentsOf(client);
  const properties = TableProperties.parse({
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  });
  await ensureTables(client, [{ name: tableName, properties }]);
  hostTable = new HostTable(client);
  await hostTable.ensure();
}, 60_000);

afterAll(async () => {
  await database.stop();
});

beforeEach(async () => {
  wire = new LossyWire(database.port);
  handedOn = [];
  errors = [];
  reader = new StreamReader({
    tableName,
    wire,
    table: hostTable,
    activity: new Activity(),
    clock: new MovableClock(),
    permissions: { demand: () => undefined },
    queues: { send: () => Promise.resolve() },
    functions: {
      invoke: (_name, payload) => {
        const { Records } = payload as { Records: { dynamodb: { Keys: { id: { S: string } } } }[] };
        handedOn.push(...Records.map(({ dynamodb }) => dynamodb.Keys.id.S));
        return Promise.resolve();
      },
    },
    onError: (error) => errors.push(error),
    mapping: {
      id: 'mapping',
      streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Streamed/stream/now',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:listens',
      batchSize: 100,
      bisects: false,
      retriesMax: 3,
      startsAt: 'TRIM_HORIZON',
      reportsFailures: false,
      filters: [],
      onFailureArn: undefined,
    },
  });
  await reader.start();
  await reader.drain(true);
});

afterEach(async () => {
  await reader.stop();
  wire.close();
});

describe('a reader of a stream', () => {
  it('has handed on what was written when it has been drained', async () => {
    const id = await write();
    reader.wake();
    await reader.drain(false);
    expect(handedOn.at(-1)).toBe(id);
  });

  it('is drained by the look that succeeds when the answers of others were lost', async () => {
    const id = await write();
    wire.answersToLose = 2;
    reader.wake();
    await reader.drain(false);
    expect(errors).toHaveLength(2);
    expect(handedOn.at(-1)).toBe(id);
  });

  it('keeps nobody waiting when it is stopped while the database does not answer', async () => {
    wire.answersToLose = Number.POSITIVE_INFINITY;
    const drained = reader.drain(true);
    await reader.stop();
    await drained;
    expect(handedOn.filter((id) => id === `thing-${number + 1}`)).toEqual([]);
  });

  it('looks no further once enough looks after the last write have found nothing', async () => {
    await write();
    reader.wake();
    for (let round = 0; round < 4; round += 1) await reader.drain(false);
    const looks = wire.looks;
    await reader.drain(false);
    expect(wire.looks).toBe(looks);
  });

  it('looks all the same when it is to be thorough: others may have written past this process', async () => {
    for (let round = 0; round < 4; round += 1) await reader.drain(false);
    const id = await write();
    await reader.drain(true);
    expect(handedOn.at(-1)).toBe(id);
  });
});
