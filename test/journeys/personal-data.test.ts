import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { replaySamples } from '#local/cli/replay.ts';
import { PlatformClient } from '#local/sandbox/platform-client.ts';
import { magicDocument } from '#local/samples/sample-documents.ts';

interface Person {
  name: string;
  idNumber: string;
  mobile: string;
  employment: { employer: string };
  bankAccount: { number: string };
}

/**
 * Six people with five facts each that occur nowhere else, and a guarantor with three: thirty-three values that must turn
 * up nowhere in the open.
 */
const PEOPLE = 6;
/** By amount and document: paid out at once; with documents, a reviewer and an approver; refused by the bank. */
const amountsFen = [1_000_000, 12_000_000, 1_500_000, 16_000_000, 2_000_000, 2_500_000];
const names = ['甲金丝雀', '乙金丝雀', '丙金丝雀', '丁金丝雀', '戊金丝雀', '己金丝雀'];
const refusedCard = '6299990007000101';

function canaryApplication(n: number): Record<string, unknown> & { applicant: Person } {
  const body = syntheticApplication('canary', 70_000 + n) as ReturnType<typeof canaryApplication>;
  Object.assign(body['requested'] as object, { amountFen: amountsFen[n] });
  Object.assign(body.applicant, { name: `测试${names[n] ?? ''}`, monthlyIncomeFen: 9_000_000 });
  body.applicant.employment.employer = `金丝雀第${String(n)}有限公司`;
  if (n === 4) body.applicant.bankAccount.number = refusedCard;
  if (n === 3) Object.assign(body, { guarantors: [guarantor] });
  return body;
}

/** Asked about under a consent of their own, and never a borrower. */
const guarantor = guarantorLike(syntheticApplication('canary', 71_000) as { applicant: Person });

function guarantorLike({ applicant }: { applicant: Person }) {
  const { idNumber, mobile } = applicant;
  const consents = [
    {
      purpose: 'CreditQuery',
      textHash: 'sha256:of-a-guarantor',
      givenAt: new Date().toISOString(),
    },
  ];
  return { name: '测试庚金丝雀', idNumber, mobile, consents };
}

const applications = Array.from({ length: PEOPLE }, (_, n) => canaryApplication(n));
const canaries = [
  ...applications.flatMap(({ applicant }) => [
    applicant.name,
    applicant.idNumber,
    applicant.mobile,
    applicant.employment.employer,
    applicant.bankAccount.number,
  ]),
  guarantor.name,
  guarantor.idNumber,
  guarantor.mobile,
];

let platform: PlatformProcess;
let database: DynamoDBClient;
let dataDir: string;

beforeAll(async () => {
  // Whatever a function would ever say, it says now.
  process.env['POWERTOOLS_LOG_LEVEL'] = 'TRACE';
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-canary-'));
  platform = await startPlatformProcess({ flags: ['--empty', '--auto-operate'], dataDir });
  database = new DynamoDBClient({
    endpoint: platform.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await makeErrors();
  await breakProviders();
  await replaySamples({
    baseUrl: platform.baseUrl,
    partnerKey: platform.partnerKey,
    count: PEOPLE,
    items: applications.map((request) => ({
      request,
      document: (kind: string) => magicDocument(kind, 'Doubtful'),
    })) as unknown as NonNullable<Parameters<typeof replaySamples>[0]['items']>,
    isAutoOperated: true,
    patienceMs: 20_000,
  });
  await askAboutThemselves();
}, 240_000);

afterAll(async () => {
  database.destroy();
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** The same people where something is wrong: numbers that do not check, facts in the wrong place, half a body. */
async function makeErrors(): Promise<void> {
  for (const [n, application] of applications.entries()) {
    const { applicant } = application;
    const bad = [
      JSON.stringify({
        ...application,
        applicant: { ...applicant, idNumber: `${applicant.idNumber}0` },
      }),
      JSON.stringify({ ...application, externalId: applicant.name, productId: applicant.mobile }),
      JSON.stringify({ ...application, [applicant.idNumber]: applicant.bankAccount.number }),
      JSON.stringify(application).slice(0, -40),
    ];
    for (const [index, body] of bad.entries())
      await post(`bad-${String(n)}-${String(index)}`, body);
  }
  await fetch(`${platform.baseUrl}/v1/applications?cursor=${canaries[1] ?? ''}`, {
    headers: { authorization: `Bearer ${platform.partnerKey}` },
  });
}

/** Providers that answer nonsense, nothing, or are away: errors that tell what was asked would tell whom it was about. */
async function breakProviders(): Promise<void> {
  for (const order of [
    { provider: 'identity', fault: 'Garbage', times: 3 },
    { provider: 'bureau', fault: 'Fail', times: 3 },
    { provider: 'income', fault: 'LoseAnswer', times: 2 },
    { provider: 'sms', fault: 'Garbage', times: 2 },
    { provider: 'bank', fault: 'LoseAnswer', times: 1 },
  ]) {
    const answer = await fetch(`${platform.baseUrl}/sandbox/control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...order, probability: 1, seed: 1 }),
    });
    expect(answer.status).toBe(201);
  }
}

/** Copies, corrections and remarks, with mistakes: what is put right is as secret as what was wrong. */
async function askAboutThemselves(): Promise<void> {
  const clientOf = (credential: string): PlatformClient =>
    new PlatformClient({ baseUrl: platform.baseUrl, credential, patienceMs: 5_000 });
  const maker = clientOf(platform.operatorToken);
  const checker = clientOf(await tokenOf('supervisor'));
  const { items } = (await clientOf(platform.partnerKey).get('/v1/applications')) as {
    items: { applicationId: string }[];
  };
  const asked = { verification: 'InPerson', receivedOn: '2026-01-05' };
  for (const [n, { applicationId }] of items.entries()) {
    const { applicant } = applications[n % PEOPLE] as { applicant: Person };
    const { copyUrl } = (await maker.post('/ops/personal-data-copies', { ...asked, applicationId }))
      .body;
    expect(await (await fetch(String(copyUrl))).text()).toContain('金丝雀');
    const right = {
      corrections: { address: `${applicant.name}${applicant.idNumber}`, employer: applicant.name },
      remarks: [{ field: 'idNumber', text: applicant.idNumber }],
    };
    const wrong = { corrections: { mobile: applicant.idNumber, address: applicant.name } };
    const path = '/ops/personal-data-corrections';
    await expect(maker.post(path, { ...asked, applicationId, ...wrong })).rejects.toThrow(/400/);
    const { body } = await maker.post(path, { ...asked, applicationId, ...right });
    const decision = `${path}/${String(body['requestId'])}/decision`;
    const approval = { outcome: 'Approve', ...right };
    await expect(maker.post(decision, approval)).rejects.toThrow(/403/);
    const other = { ...approval, remarks: [] };
    await expect(checker.post(decision, other)).rejects.toThrow(/400/);
    await checker.post(decision, approval);
    await maker.get(`/ops/personal-data-requests/${String(body['requestId'])}`);
  }
}

async function tokenOf(operatorId: string): Promise<string> {
  const answer = await fetch(`${platform.baseUrl}/sandbox/oidc/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operatorId }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function post(key: string, body: string): Promise<void> {
  const answer = await fetch(`${platform.baseUrl}/v1/applications`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${platform.partnerKey}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body,
  });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
}

/** Everything that is stored, byte by byte: items, audit chains, events and dead letters on their way, histories of executions. */
async function* storedValues(): AsyncGenerator<{ table: string; text: string }> {
  const { TableNames = [] } = await database.send(new ListTablesCommand({}));
  for (const table of TableNames) {
    let from: Record<string, never> | undefined;
    do {
      const page = await database.send(
        new ScanCommand({ TableName: table, ...(from && { ExclusiveStartKey: from }) }),
      );
      for (const item of page.Items ?? []) yield { table, text: openText(item) };
      from = page.LastEvaluatedKey as typeof from;
    } while (from);
  }
  const executions = await readFile(join(dataDir, 'executions.log'), 'utf8');
  for (const text of executions.split('\n')) yield { table: 'executions', text };
}

/** An item as text; bytes are read as text too, so that what only looks sealed is found. */
function openText(item: unknown): string {
  return JSON.stringify(item, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
  );
}

function found(text: string): string[] {
  return canaries.filter((canary) => text.includes(canary));
}

describe('thirty-three canary values through every flow', () => {
  it('are in no table, history, event, audit record or dead letter', async () => {
    const leaks: string[] = [];
    let items = 0;
    let controls = 0;
    let histories = 0;
    for await (const { table, text } of storedValues()) {
      items += 1;
      if (text.includes('ExecutionStarted')) histories += 1;
      // What is no secret is found the same way: the search would see a leak.
      if (text.includes('canary-70003')) controls += 1;
      for (const canary of found(text)) leaks.push(`${canary} in ${table}`);
    }
    expect(canaries).toHaveLength(33);
    expect(items).toBeGreaterThan(100);
    expect(controls).toBeGreaterThan(0);
    expect(histories).toBeGreaterThan(0);
    expect(leaks).toEqual([]);
  });

  it('are in no log', async () => {
    const logs = join(dataDir, 'logs');
    const texts = await Promise.all(
      (await readdir(logs)).map((file) => readFile(join(logs, file), 'utf8')),
    );
    expect(found(texts.join('\n') + platform.output())).toEqual([]);
  });
});
