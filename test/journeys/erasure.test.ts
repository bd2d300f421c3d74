import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { advanceClock } from '#local/cli/advance.ts';
import { auditPlatform } from '#local/cli/audit.ts';
import { sampleDocument } from '#local/samples/sample-documents.ts';
import { sendRaw } from '#local/sandbox/http-json.ts';
import { PlatformClient } from '#local/sandbox/platform-client.ts';

// The tables as a user has them, in files: what was erased must be in none of them.
process.env['ZHUDAI_TABLES'] = '';

type Fields = Readonly<Record<string, unknown>>;

const identityCard = sampleDocument('IdentityCardFront', 'the identity card of person 1');
/** Bytes that are found nowhere else: the end of the person's document. */
const documentTrace = Buffer.from(identityCard.bytes.subarray(-32)).toString('latin1');
const DAY_SECONDS = 86_400;

let platform: PlatformProcess;
let dataDir: string;
let database: DynamoDBClient;
let partner: PlatformClient;
let supervisor: PlatformClient;
/** Withdrawn with a document in the bucket; declined; both of the person who has everything erased. */
let withdrawn: string;
let declined: string;
/** A loan that runs, and the declined application of the same borrower. */
let borrowed: string;
let borrowedToo: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-erasure-'));
  platform = await startPlatformProcess({ flags: ['--empty', '--auto-operate'], dataDir });
  database = new DynamoDBClient({
    endpoint: platform.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  partner = clientOf(platform.partnerKey);
  supervisor = clientOf(await tokenOf('supervisor'));
  withdrawn = await apply(1, 'withdrawn', { amountFen: 12_000_000, monthlyIncomeFen: 6_000_000 });
  await until(withdrawn, 'AwaitingDocuments');
  await upload(withdrawn);
  await partner.post(`/v1/applications/${withdrawn}/withdrawal`, {});
  declined = await apply(1, 'declined', { amountFen: 5_000_000, monthlyIncomeFen: 60_000 });
  await until(declined, 'Declined');
  borrowedToo = await apply(2, 'refused', { amountFen: 5_000_000, monthlyIncomeFen: 60_000 });
  await until(borrowedToo, 'Declined');
  borrowed = await apply(2, 'loan', { amountFen: 1_000_000, monthlyIncomeFen: 1_500_000 });
  await until(borrowed, 'Disbursed');
}, 240_000);

afterAll(async () => {
  database.destroy();
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function clientOf(credential: string): PlatformClient {
  return new PlatformClient({ baseUrl: platform.baseUrl, credential, patienceMs: 20_000 });
}

async function tokenOf(operatorId: string): Promise<string> {
  const { text } = await sendRaw({
    method: 'POST',
    url: `${platform.baseUrl}/sandbox/oidc/token`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operatorId }),
  });
  return (JSON.parse(text) as { access_token: string }).access_token;
}

/** One person is one number: they may apply more than once. */
async function apply(
  person: number,
  name: string,
  wish: { amountFen: number; monthlyIncomeFen: number },
): Promise<string> {
  const body = syntheticApplication('erasure', 61_000 + person);
  const { amountFen, monthlyIncomeFen } = wish;
  Object.assign(body, {
    externalId: `erasure-${String(person)}-${name}`,
    device: { fingerprint: `device-of-person-${String(person)}`, ip: `192.0.2.${String(person)}` },
    address: `金丝雀路${String(person)}号`,
  });
  Object.assign(body['requested'] as object, { amountFen });
  Object.assign(body['applicant'] as object, { monthlyIncomeFen });
  return String((await partner.post('/v1/applications', body)).body['applicationId']);
}

async function until(applicationId: string, status: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const application = await partner.get(`/v1/applications/${applicationId}`);
      expect(application['status']).toBe(status);
    },
    { timeout: 60_000, interval: 250 },
  );
}

async function upload(applicationId: string): Promise<void> {
  const { contentType, bytes, sha256 } = identityCard;
  const { body } = await partner.post(`/v1/applications/${applicationId}/documents`, {
    kind: 'IdentityCardFront',
    contentType,
    sizeBytes: bytes.length,
    sha256,
  });
  const place = body['upload'] as { url: string; headers: Record<string, string> };
  const headers = { 'content-type': contentType, ...place.headers };
  const { status } = await sendRaw({ method: 'PUT', url: place.url, headers, body: bytes });
  expect(status).toBe(200);
}

/** Every item of every table. */
async function* items(): AsyncGenerator<{ table: string; item: Fields }> {
  const { TableNames = [] } = await database.send(new ListTablesCommand({}));
  for (const table of TableNames) {
    let from: Record<string, never> | undefined;
    do {
      const page = await database.send(
        new ScanCommand({ TableName: table, ...(from && { ExclusiveStartKey: from }) }),
      );
      for (const item of page.Items ?? []) yield { table, item: unmarshall(item) };
      from = page.LastEvaluatedKey as typeof from;
    } while (from);
  }
}

/** What leads to a person although nothing of them is in the open: sealed bytes, blind indexes, masks, their document. */
async function tracesOf(applicationIds: readonly string[]): Promise<string[]> {
  const traces = new Set<string>([documentTrace]);
  for await (const { table, item } of items()) {
    if (!applicationIds.includes(String(item['applicationId']))) continue;
    if (table.includes('Applications')) {
      const { applicant, borrowerKey, pii } = item as {
        applicant: { nameMasked: string; mobileMasked: string; cardLast4: string };
        borrowerKey: string;
        pii: Uint8Array;
      };
      traces.add(borrowerKey.slice(0, 16)).add(Buffer.from(pii).toString('base64').slice(100, 160));
      traces.add(`"${applicant.mobileMasked}"`).add(`"${applicant.cardLast4}"`);
    }
    if (table.includes('Sightings') && !String(item['trait']).startsWith('counted#'))
      traces.add(String(item['trait']));
  }
  return [...traces];
}

/** Everything that is stored or was said, as text. */
async function* everything(): AsyncGenerator<{ where: string; text: string }> {
  for await (const { table, item } of items())
    yield {
      where: table,
      text: JSON.stringify(item, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
      ),
    };
  for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    // The books of the providers are not ours.
    if (!entry.isFile() || /sandbox/.test(join(entry.parentPath, entry.name))) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    yield {
      where: join(entry.parentPath, entry.name),
      text: bytes.toString('utf8') + bytes.toString('latin1'),
    };
  }
  yield { where: 'output', text: platform.output() };
}

async function placesOf(traces: readonly string[]): Promise<Map<string, string[]>> {
  const places = new Map<string, string[]>(traces.map((trace) => [trace, []]));
  for await (const { where, text } of everything())
    for (const [trace, found] of places) if (text.includes(trace)) found.push(where);
  return places;
}

async function ask(applicationId: string, key: string): Promise<Fields> {
  const { body } = await supervisor.post(
    '/ops/personal-data-requests',
    { applicationId, kind: 'Deletion', verification: 'InPerson', receivedOn: '2026-01-05' },
    key,
  );
  return body;
}

async function statusOf(path: string, credential = platform.partnerKey): Promise<number> {
  const headers = { authorization: `Bearer ${credential}` };
  return (await fetch(`${platform.baseUrl}${path}`, { headers })).status;
}

describe('a person no loan came of who wants everything erased', () => {
  let traces: string[];
  let request: Fields;

  it('is found by what is stored before', async () => {
    traces = await tracesOf([withdrawn, declined]);
    expect(traces.length).toBeGreaterThan(8);
    for (const [trace, found] of await placesOf(traces))
      expect([trace, found]).not.toEqual([trace, []]);
  });

  it('has both applications decided by the rule, and used for nothing more from that moment', async () => {
    request = await ask(declined, 'erase-1');
    expect(request).toMatchObject({ status: 'Decided', kind: 'Deletion' });
    const decisions = request['decisions'] as Fields[];
    expect(decisions.map(({ applicationId }) => applicationId).toSorted()).toEqual(
      [withdrawn, declined].toSorted(),
    );
    for (const decision of decisions)
      expect(decision).toMatchObject({ outcome: 'Erase', because: 'NoLoanCameOfIt' });
    await expect
      .poll(() => statusOf(`/ops/applications/${declined}/portrait`, platform.operatorToken), {
        timeout: 20_000,
      })
      .toBe(403);
  });

  it('is found nowhere once the night has passed: tables, objects, logs, executions', async () => {
    await advanceClock(platform.baseUrl, 2 * DAY_SECONDS);
    const path = `/ops/personal-data-requests/${String(request['requestId'])}`;
    expect(await supervisor.get(path)).toMatchObject({ status: 'Done' });
    const left = [...(await placesOf(traces))].filter(([, found]) => found.length > 0);
    expect(left).toEqual([]);
  }, 120_000);

  it('is answered for as erased to whose it was, and as unknown to every other partner', async () => {
    expect(await statusOf(`/v1/applications/${declined}`)).toBe(410);
    expect(await statusOf(`/ops/applications/${withdrawn}`, platform.operatorToken)).toBe(410);
    const listed = (await partner.get('/v1/applications')) as { items: Fields[] };
    const ids = listed.items.map(({ applicationId }) => applicationId);
    expect(ids).not.toContain(declined);
    expect(ids).toContain(borrowed);
  });

  it('may ask again: the same request gives the first answer, a new one finds it erased', async () => {
    const again = await ask(declined, 'erase-1');
    expect(again['requestId']).toBe(request['requestId']);
    await expect(ask(declined, 'erase-again')).rejects.toThrow(/410 ApplicationErased/);
  });
});

describe('a borrower whose loan runs', () => {
  it('is restricted, and their loan is served as ever', async () => {
    const request = await ask(borrowedToo, 'erase-2');
    const decisions = request['decisions'] as Fields[];
    expect(decisions.find(({ applicationId }) => applicationId === borrowed)).toMatchObject({
      outcome: 'Restrict',
      because: 'LoanRunning',
    });
    await expect
      .poll(() => statusOf(`/ops/applications/${borrowed}/portrait`, platform.operatorToken), {
        timeout: 20_000,
      })
      .toBe(403);
    await advanceClock(platform.baseUrl, 35 * DAY_SECONDS);
    const { loanId } = await partner.get(`/v1/applications/${borrowed}`);
    const loan = await partner.get(`/v1/loans/${String(loanId)}`);
    expect(loan['status']).toBe('Active');
    const payments = (await partner.get(`/v1/loans/${String(loanId)}/payments`)) as {
      items: Fields[];
    };
    expect(payments.items.length).toBeGreaterThan(0);
    expect(await statusOf(`/v1/applications/${borrowedToo}`)).toBe(410);
  }, 240_000);
});

describe('the books afterwards', () => {
  it('agree, the chains of what was erased among them', async () => {
    const report = await auditPlatform({ operator: clientOf(platform.operatorToken) });
    expect(report.findings).toEqual([]);
    expect(report.erasures).toBe(3);
  }, 120_000);
});
