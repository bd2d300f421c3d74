import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { DeadLetters } from '#local/cli/dead-letters.ts';
import { PlatformClient } from '#local/sandbox/platform-client.ts';

const QUEUE = /NotificationNotifyLoanDeadLetters/;
const local = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};
let platform: PlatformProcess;
let dataDir: string;
let database: DynamoDBClient;
let bus: EventBridgeClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-dead-'));
  platform = await startPlatformProcess({ flags: ['--memory', '--empty'], dataDir });
  // Through the platform, which remembers items: what goes to the database behind its back it would not see.
  database = new DynamoDBClient({ ...local, endpoint: platform.awsEndpoint });
  bus = new EventBridgeClient({ ...local, endpoint: platform.awsEndpoint });
}, 120_000);

afterAll(async () => {
  database.destroy();
  bus.destroy();
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function until<Found>(find: () => Promise<Found | undefined>): Promise<Found> {
  for (let turn = 0; turn < 300; turn += 1) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not come to that');
}

function client(credential: string): PlatformClient {
  return new PlatformClient({ baseUrl: platform.baseUrl, credential, patienceMs: 10_000 });
}

async function paidOutLoan(): Promise<string> {
  const partner = client(platform.partnerKey);
  const { body } = await partner.post('/v1/applications', syntheticApplication('dead', 1));
  return until(async () => {
    const { loanId, status } = await partner.get(
      `/v1/applications/${String(body['applicationId'])}`,
    );
    return status === 'Disbursed' ? String(loanId) : undefined;
  });
}

async function noticesOf(loanId: string): Promise<readonly { kind: string }[]> {
  const { items } = await client(platform.operatorToken).get(`/ops/loans/${loanId}/notices`);
  return (items as { kind: string }[]).filter(({ kind }) => kind === 'LoanCured');
}

it('keeps an event that a function fails on, and gives it back once what was broken is mended', async () => {
  const loanId = await paidOutLoan();
  const { TableNames = [] } = await database.send(new ListTablesCommand({}));
  const TableName = TableNames.find((name) => /-data-Loans/.test(name)) ?? '';
  const Key = { loanId: { S: loanId }, record: { S: 'loan' } };
  const { Item } = await database.send(new GetItemCommand({ TableName, Key }));
  if (!Item) throw new Error(`${loanId} is not stored`);

  // Broken: the loan is not where the event says it is.
  await database.send(new DeleteItemCommand({ TableName, Key }));
  const at = new Date().toISOString();
  const detail = {
    type: 'LoanCured',
    subjectId: loanId,
    loanId,
    version: 9,
    at,
    isCured: true,
  };
  const { Entries } = await bus.send(
    new PutEventsCommand({
      Entries: [
        {
          Source: 'zhudai',
          DetailType: 'LoanCured',
          Detail: JSON.stringify(detail),
          EventBusName: await busName(),
        },
      ],
    }),
  );
  expect(Entries?.[0]?.EventId).toBeDefined();
  const letters = new DeadLetters({ region: 'us-east-1', endpoint: platform.awsEndpoint });
  const waiting = await until(async () =>
    (await letters.list()).find(({ queue }) => QUEUE.test(queue)),
  );
  expect(waiting).toMatchObject({ outcome: 'Waiting' });

  // Given back before it is mended, it fails again and stays.
  const [again] = await letters.redrive(waiting.queue);
  expect(again).toMatchObject({ outcome: 'Failed', messageId: waiting.messageId });
  await advance(16);

  await database.send(new PutItemCommand({ TableName, Item }));
  expect(await noticesOf(loanId)).toEqual([]);
  expect(await letters.redrive(waiting.queue)).toMatchObject([{ outcome: 'Redriven' }]);
  expect(await noticesOf(loanId)).toHaveLength(1);
  expect((await letters.list()).filter(({ queue }) => QUEUE.test(queue))).toEqual([]);
  expect(await letters.redrive(waiting.queue)).toEqual([]);
}, 120_000);

async function busName(): Promise<string> {
  const answer = await fetch(platform.awsEndpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSEvents.ListEventBuses' },
    body: '{}',
  });
  const { EventBuses } = (await answer.json()) as { EventBuses: { Name: string }[] };
  return EventBuses.find(({ Name }) => Name !== 'default')?.Name ?? '';
}

/** Until the message is to be seen again. */
async function advance(minutes: number): Promise<void> {
  const now = Date.now() + minutes * 60_000;
  const answer = await fetch(`${platform.baseUrl}/local/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: new Date(now).toISOString() }),
  });
  expect(answer.status).toBe(200);
}
