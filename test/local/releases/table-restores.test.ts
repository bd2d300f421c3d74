import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  dropRestored,
  instantFrom,
  planRestores,
  restoredNameOf,
  restoreTables,
  type PlannedRestore,
} from '#local/releases/table-restores.ts';
import { arnOf, RestoringDynamoDb } from './restored-tables-server.ts';

const at = new Date('2026-11-26T08:30:00Z');
const seconds = at.getTime() / 1_000;
const tables = [
  { name: 'Loans', tableName: 'data-Loans' },
  { name: 'Audit', tableName: 'data-Audit' },
];
const restoredLoans = 'data-Loans-at-20261126T083000Z';
const restoredAudit = 'data-Audit-at-20261126T083000Z';

let dynamoDb: RestoringDynamoDb;
let client: DynamoDBClient;
let told: string[];

beforeEach(async () => {
  dynamoDb = new RestoringDynamoDb();
  dynamoDb.window = { earliest: seconds - 60, latest: seconds };
  for (const { tableName } of tables) dynamoDb.add(tableName);
  client = new DynamoDBClient({
    endpoint: await dynamoDb.start(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  told = [];
});

afterEach(async () => {
  client.destroy();
  await dynamoDb.stop();
});

async function restore(): Promise<readonly PlannedRestore[]> {
  const planned = await planRestores(client, tables, at);
  await restoreTables(planned, {
    client,
    at,
    pollMs: 1,
    tags: { stage: 'test' },
    tell: (line) => {
      told.push(line);
    },
  });
  return planned;
}

const plan = () => planRestores(client, tables, at);
const begun = () => dynamoDb.bodiesOf('RestoreTableToPointInTime');

describe('restoring the tables of a deployment', () => {
  it('restores each to one instant under a name of its own, and tags it when it is ready', async () => {
    dynamoDb.looksUntilReady = 3;
    await restore();
    expect(begun()).toEqual(
      [
        ['data-Loans', restoredLoans],
        ['data-Audit', restoredAudit],
      ].map(([SourceTableName, TargetTableName]) => ({
        SourceTableName,
        TargetTableName,
        RestoreDateTime: seconds,
        GlobalSecondaryIndexOverride: [],
      })),
    );
    expect(dynamoDb.bodiesOf('TagResource')).toEqual(
      [restoredLoans, restoredAudit].map((name) => ({
        ResourceArn: arnOf(name),
        Tags: [{ Key: 'stage', Value: 'test' }],
      })),
    );
    expect(told).toEqual([
      'Loans: restoring',
      'Audit: restoring',
      `Loans: restored as ${restoredLoans}`,
      `Audit: restored as ${restoredAudit}`,
    ]);
    // Tagged last: what was not ready is not called ready.
    expect(dynamoDb.calls.at(-1)?.operation).toBe('TagResource');
  });

  it('goes on with what an earlier run began, even where the instant has left the window', async () => {
    dynamoDb.add(restoredLoans, {
      status: 'CREATING',
      restoredFrom: { arn: arnOf('data-Loans'), at: seconds },
    });
    await restore();
    expect(begun().map(({ TargetTableName }) => TargetTableName)).toEqual([restoredAudit]);
    expect(told[0]).toBe(`Loans: goes on with ${restoredLoans}`);
    dynamoDb.window = { earliest: seconds + 1, latest: seconds + 60 };
    await restore();
    expect(begun()).toHaveLength(1);
  });

  it('waits for a place when too many restores are under way', async () => {
    dynamoDb.placesMax = 1;
    await restore();
    expect(begun().map(({ TargetTableName }) => TargetTableName)).toContain(restoredAudit);
    expect([...dynamoDb.tables.values()].map(({ status }) => status)).not.toContain('CREATING');
  });

  it.each([
    [-61, false],
    [-60, true],
    [0, true],
    [1, false],
  ])('takes an instant %i s from the end of the window: %s', async (shift, isTaken) => {
    const chosen = new Date(at.getTime() + shift * 1_000);
    const planned = planRestores(client, tables, chosen);
    if (isTaken) await expect(planned).resolves.toHaveLength(2);
    else
      await expect(planned).rejects.toThrow(
        /Loans: .* is outside of what can be restored, 2026-11-26T08:29:00Z to 2026-11-26T08:30:00Z\nAudit: /,
      );
  });

  it('begins nothing when one table cannot be restored, and says all that is wrong', async () => {
    dynamoDb.window = undefined;
    dynamoDb.tables.delete('data-Audit');
    await expect(plan()).rejects.toThrow(
      /Loans: point-in-time recovery is not enabled on data-Loans\nAudit: .*not there/,
    );
    expect(begun()).toEqual([]);
  });

  it.each([
    ['of no restore', undefined],
    ['of another instant', { arn: arnOf('data-Loans'), at: seconds - 1 }],
    ['of another table', { arn: arnOf('data-Audit'), at: seconds }],
  ])('refuses a name that is taken by a table %s', async (_, restoredFrom) => {
    dynamoDb.add(restoredLoans, restoredFrom === undefined ? {} : { restoredFrom });
    await expect(plan()).rejects.toThrow(`${restoredLoans} is there and was not restored from`);
  });

  it('says which table was refused', async () => {
    const planned = await plan();
    dynamoDb.add(restoredAudit);
    const settings = { client, at, pollMs: 1, tags: {}, tell: () => undefined };
    await expect(restoreTables(planned, settings)).rejects.toThrow(/^Audit: TableAlreadyExists/);
  });

  it('ends when a restore comes to nothing', async () => {
    const planned = await plan();
    await expect(
      restoreTables(planned, {
        client,
        at,
        pollMs: 1,
        tags: {},
        tell: () => dynamoDb.tables.delete(restoredLoans),
      }),
    ).rejects.toThrow(`the restore ended without ${restoredLoans}`);
  });
});

describe('deleting restored tables', () => {
  it('lifts the protection and deletes the restored table, once', async () => {
    const [loans] = await restore();
    expect(loans && (await dropRestored(client, loans, at))).toBe(true);
    expect(dynamoDb.bodiesOf('UpdateTable')).toEqual([
      { TableName: restoredLoans, DeletionProtectionEnabled: false },
    ]);
    expect([...dynamoDb.tables.keys()]).toEqual(['data-Loans', 'data-Audit', restoredAudit]);
    expect(loans && (await dropRestored(client, loans, at))).toBe(false);
  });

  it('deletes nothing that was not restored from the table as of the instant', async () => {
    const [loans] = await plan();
    dynamoDb.add(restoredLoans);
    await expect(loans && dropRestored(client, loans, at)).rejects.toThrow('was not restored from');
    expect(dynamoDb.tables.has(restoredLoans)).toBe(true);
  });
});

it('names a restored table by its instant, whatever zone that was written in', () => {
  expect(restoredNameOf('t', new Date('2026-11-26T16:30:00+08:00'))).toBe('t-at-20261126T083000Z');
});

describe('an instant', () => {
  it.each(['2026-11-26T16:30:00+08:00', '2026-11-26T08:30:00Z', '2026-11-26T08:30:00.000Z'])(
    'is taken as %s',
    (text) => {
      expect(instantFrom(text)).toEqual(at);
    },
  );

  it.each([
    undefined,
    '',
    'yesterday',
    '2026-11-26',
    '2026-11-26T16:30:00',
    '2026-11-26T08:30:00.500Z',
    '2026-13-26T08:30:00Z',
  ])('is not taken as %s', (text) => {
    expect(() => instantFrom(text)).toThrow('--at INSTANT is missing or unclear');
  });
});
