import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ResourceNotFoundException,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';

const APPLICATIONS = 20;

let platform: PlatformProcess;
let dataDir: string;
let client: DynamoDBClient;

/** `--memory` as a user starts it, on a machine without Java. */
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-memory-'));
  const env = { ...process.env, ZHUDAI_TABLES: '', PATH: dataDir };
  const flags = ['--memory', '--empty', '--auto-operate'];
  platform = await startPlatformProcess({ flags, dataDir, env });
  client = new DynamoDBClient({
    endpoint: platform.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}, 120_000);

afterAll(async () => {
  client.destroy();
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function read<Answer>(path: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${platform.partnerKey}` };
  return (await (await fetch(`${platform.baseUrl}${path}`, { headers })).json()) as Answer;
}

async function until<Answer>(path: string, holds: (answer: Answer) => boolean): Promise<Answer> {
  for (let turn = 0; ; turn += 1) {
    const answer = await read<Answer>(path);
    if (holds(answer) || turn > 300) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

it('pays every application once, tells its partner and counts what it took', async () => {
  for (let n = 0; n < APPLICATIONS; n += 1) {
    const answer = await fetch(`${platform.baseUrl}/v1/applications`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${platform.partnerKey}`,
        'content-type': 'application/json',
        'idempotency-key': `memory-${n}`,
      },
      body: JSON.stringify(syntheticApplication('memory', n)),
    });
    expect(answer.status).toBe(202);
  }
  const { payouts } = await until<{ payouts: { reference: string }[] }>(
    '/sandbox/bank/books',
    (books) => books.payouts.length >= APPLICATIONS,
  );
  expect(payouts).toHaveLength(APPLICATIONS);
  expect(new Set(payouts.map(({ reference }) => reference)).size).toBe(APPLICATIONS);
  const { webhooks } = await until<{ webhooks: { signature: string }[] }>(
    '/sandbox/partner/books',
    (books) => books.webhooks.length >= APPLICATIONS,
  );
  expect(webhooks.every(({ signature }) => signature === 'Valid')).toBe(true);
  const meter = await read<{ readUnits: number; writeUnits: number }>('/local/meter');
  expect(meter.readUnits).toBeGreaterThan(APPLICATIONS * 20);
  expect(meter.writeUnits).toBeGreaterThan(APPLICATIONS * 100);
}, 90_000);

it('answers clients of AWS over HTTP', async () => {
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const TableName = TableNames.find((name) => name.includes('Applications')) ?? '';
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  expect(Table).toMatchObject({ TableStatus: 'ACTIVE', ItemCount: expect.any(Number) });
  const { Items = [] } = await client.send(new ScanCommand({ TableName }));
  expect(Items.length).toBeGreaterThanOrEqual(APPLICATIONS);
  const put = new PutItemCommand({ TableName: 'Nothing', Item: { id: { S: 'x' } } });
  await expect(client.send(put)).rejects.toBeInstanceOf(ResourceNotFoundException);
});
