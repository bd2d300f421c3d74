import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { freePort } from '#local/hosting/ports.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { advanceClock } from '#local/cli/advance.ts';
import { auditPlatform } from '#local/cli/audit.ts';
import { PlatformClient } from '#local/sandbox/platform-client.ts';

// The tables as a user has them, in files.
process.env['ZHUDAI_TABLES'] = '';

type Fields = Readonly<Record<string, unknown>>;

/** Longer than a function keeps the secret. */
const KNOWN_SECONDS = 16 * 60;
const flags = ['--empty', '--auto-operate'];
const wishes = {
  /** Asks for documents that nobody uploads: it stays open. */
  open: { amountFen: 12_000_000, monthlyIncomeFen: 6_000_000 },
  declined: { amountFen: 5_000_000, monthlyIncomeFen: 60_000 },
  paid: { amountFen: 1_000_000, monthlyIncomeFen: 1_500_000 },
};
/** Enough for two pages of the sweep. */
const CROWD = 42;

let platform: PlatformProcess;
let port: number;
let dataDir: string;
let sent = 0;
/** Started before, during and after the change: all of them must be paid out, once. */
const running: string[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-rotation-'));
  port = await freePort();
  platform = await startPlatformProcess({ flags, dataDir, port });
}, 120_000);

afterAll(async () => {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function partner(): PlatformClient {
  return new PlatformClient({
    baseUrl: platform.baseUrl,
    credential: platform.partnerKey,
    patienceMs: 20_000,
  });
}

async function zhudai(...words: readonly string[]): Promise<Fields> {
  const bin = join(import.meta.dirname, '../../local/cli/zhudai.ts');
  const all = [
    bin,
    'blind-index',
    ...words,
    '--url',
    platform.baseUrl,
    '--data',
    dataDir,
    '--json',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, all);
  return JSON.parse(stdout) as Fields;
}

async function apply(
  person: number,
  wish: (typeof wishes)[keyof typeof wishes],
  device = `device-of-${String(person)}`,
): Promise<string> {
  sent += 1;
  const body = syntheticApplication('rotation', 50_000 + person);
  Object.assign(body, {
    externalId: `rotation-${String(sent)}`,
    device: { fingerprint: device, ip: '192.0.2.1' },
  });
  Object.assign(body['requested'] as object, { amountFen: wish.amountFen });
  Object.assign(body['applicant'] as object, { monthlyIncomeFen: wish.monthlyIncomeFen });
  return String((await partner().post('/v1/applications', body)).body['applicationId']);
}

async function until(applicationId: string, ...statuses: string[]): Promise<Fields> {
  return vi.waitFor(
    async () => {
      const application = await partner().get(`/v1/applications/${applicationId}`);
      expect(statuses).toContain(application['status']);
      return application;
    },
    { timeout: 60_000, interval: 200 },
  );
}

/** The tables as the platform answers for them at this moment: a start after a kill may have found other ports. */
async function withTables<T>(
  work: (tables: DynamoDBClient, named: (part: RegExp) => string | undefined) => Promise<T>,
): Promise<T> {
  const tables = new DynamoDBClient({
    endpoint: platform.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const { TableNames = [] } = await tables.send(new ListTablesCommand({}));
    return await work(tables, (part) => TableNames.find((each) => part.test(each)));
  } finally {
    tables.destroy();
  }
}

async function itemsOf(name: string): Promise<Fields[]> {
  return withTables(async (tables, named) => {
    const TableName = named(new RegExp(name));
    const { Items = [] } = await tables.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return Items.map((item) => unmarshall(item));
  });
}

async function stored(applicationId: string): Promise<Fields> {
  const found = (await itemsOf('Applications')).find(
    (item) => item['applicationId'] === applicationId,
  );
  return found ?? {};
}

function operator(): PlatformClient {
  return new PlatformClient({
    baseUrl: platform.baseUrl,
    credential: platform.operatorToken,
    patienceMs: 20_000,
  });
}

async function block(applicationId: string): Promise<void> {
  await operator().post('/ops/blocks', { applicationId, reason: 'ConfirmedFraud' });
}

const [BUSY, BLOCKED, SHARING] = [1, 2, 3];

/** A second application of whoever has one open, one of whoever is blocked, and one more on a device that others use. */
async function expectFound(stage: string): Promise<void> {
  const busy = await apply(BUSY, wishes.paid);
  const blocked = await apply(BLOCKED, wishes.paid);
  sharing += 1;
  const another = await apply(SHARING + 100 + sharing, wishes.paid, 'the-device-of-many');
  running.push(another, await apply(1_000 + sent, wishes.paid));
  const reasons = async (id: string) => (await until(id, 'Declined', 'Disbursed'))['reasonCodes'];
  expect([stage, await reasons(busy)]).toEqual([stage, ['OpenApplicationExists']]);
  expect([stage, await reasons(blocked)]).toEqual([stage, ['BorrowerBlocked']]);
  await vi.waitFor(
    async () => {
      const { signals } = (await stored(another)) as { signals?: Fields };
      expect([stage, signals?.['borrowersByDevice30Days']]).toEqual([stage, sharing]);
    },
    { timeout: 30_000, interval: 200 },
  );
}
let sharing = 0;

describe('the key that people are found by, changed in the middle of the work', () => {
  let keyBefore: string;

  it('is in use: who is busy, who is blocked and what is shared are found', async () => {
    keyBefore = String((await zhudai('status'))['keyId']);
    running.push(await apply(SHARING, wishes.paid, 'the-device-of-many'));
    await until(await apply(BUSY, wishes.open), 'AwaitingDocuments');
    const declined = await apply(BLOCKED, wishes.declined);
    await until(declined, 'Declined');
    await block(declined);
    for (let person = 0; person < CROWD; person += 1) await apply(200 + person, wishes.declined);
    await expectFound('before');
  }, 240_000);

  it('is announced, and everybody is found by functions that know of it and by those that do not', async () => {
    expect(await zhudai('announce')).toEqual({ outcome: 'Changed' });
    expect(await zhudai('announce')).toEqual({ outcome: 'AsItWas' });
    await expectFound('announced');
    await advanceClock(platform.baseUrl, KNOWN_SECONDS);
    await expectFound('announced to all');
  }, 240_000);

  it('is switched, and everybody is found', async () => {
    expect(await zhudai('switch')).toEqual({ outcome: 'Changed' });
    await expectFound('switched');
    await advanceClock(platform.baseUrl, KNOWN_SECONDS);
    await expectFound('switched for all');
    await expect(zhudai('retire')).rejects.toThrow(/sweep first/);
  }, 240_000);

  it('is swept in spite of a kill in the middle, and nobody is found by the former key alone', async () => {
    const { body } = await operator().post('/ops/blind-index/sweeps', {});
    expect(body).toMatchObject({ status: 'Sweeping', applications: 40 });
    const cutOff = operator()
      .post('/ops/blind-index/sweeps', {}, 'cut-off')
      .catch(() => undefined);
    await platform.kill();
    platform = await startPlatformProcess({ flags, dataDir, port });
    await cutOff;
    await expectFound('killed');
    const swept = await zhudai('sweep');
    expect(swept).toMatchObject({ status: 'Swept', conflicts: [] });
    expect(await zhudai('status')).toMatchObject({ status: 'Swept', underFormerAlone: 0 });
    await expectFound('swept');
  }, 240_000);

  it('leaves nothing under the former one, and everybody is found', async () => {
    expect(await zhudai('retire')).toEqual({ outcome: 'Retiring' });
    await advanceClock(platform.baseUrl, KNOWN_SECONDS);
    await expectFound('retiring');
    expect(await zhudai('retire')).toMatchObject({ status: 'Retired', left: 0 });
    const status = await zhudai('status');
    expect(status).toMatchObject({ status: 'Retired', underFormer: 0, formerKeyId: keyBefore });
    expect(JSON.stringify(await itemsOf('People'))).not.toContain(keyBefore);
    await expectFound('retired');
  }, 240_000);

  it('had everything that was under way paid out, once', async () => {
    for (const id of running) await until(id, 'Disbursed');
    const books = (await (await fetch(`${platform.baseUrl}/sandbox/bank/books`)).json()) as {
      payouts: { reference: string; count: number }[];
    };
    const paid = books.payouts.filter(({ count }) => count > 0);
    expect(paid.filter(({ count }) => count !== 1)).toEqual([]);
    expect(paid).toHaveLength(running.length);
  }, 120_000);

  it('is on record, and the books agree', async () => {
    const [rotation] = (await itemsOf('KeyRotations')).filter((item) => 'event' in item);
    await vi.waitFor(async () => {
      const chain = await operator().get(`/ops/audit/${String(rotation?.['rotationId'])}`);
      const types = (chain['items'] as { event: Fields }[]).map(({ event }) => event['type']);
      expect(types).toEqual(['BlindIndexSweepStarted', 'BlindIndexSwept', 'BlindIndexKeyRetired']);
    });
    const report = await auditPlatform({ operator: operator() });
    expect(report.findings).toEqual([]);
  }, 120_000);

  it('is said nowhere: neither key is in what was logged or stored but for the file of the keys', async () => {
    const keys = JSON.parse(await readFile(join(dataDir, 'keys.json'), 'utf8')) as {
      blindIndexKey: string;
      blindIndexKeysRetired: string[];
    };
    expect(keys.blindIndexKeysRetired).toHaveLength(1);
    const said = platform.output() + JSON.stringify(await itemsOf('KeyRotations'));
    for (const key of [keys.blindIndexKey, ...keys.blindIndexKeysRetired])
      expect(said).not.toContain(key);
  });
});
