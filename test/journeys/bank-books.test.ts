import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication, syntheticCardNumber } from '#local/bench/synthetic-applications.ts';
import { MovableClock } from '#local/clock.ts';
import { createSandbox } from '#local/sandbox/sandbox.ts';

const bin = join(import.meta.dirname, '../../local/cli/zhudai.ts');
const apiKey = 'another bank';

let platform: PlatformProcess;
let dataDir: string;
/** A bank of its own, on an address of its own: nothing of the platform has ever spoken to it. */
let bank: { readonly server: Server; readonly url: string; close(): void };

interface Payout {
  readonly reference: string;
  readonly amountFen: number;
}
let paid: readonly Payout[];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-bank-books-'));
  const flags = ['--memory', '--empty', '--auto-operate'];
  platform = await startPlatformProcess({ flags, dataDir });
  bank = await anotherBank();
  for (const n of [1, 2]) await lend(n);
  const books = await fetch(`${platform.baseUrl}/sandbox/bank/books`);
  paid = ((await books.json()) as { payouts: Payout[] }).payouts;
}, 120_000);

afterAll(async () => {
  await platform.stop();
  bank.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function anotherBank(): Promise<typeof bank> {
  const sandbox = createSandbox({
    clock: new MovableClock(),
    dataDir: undefined,
    apiKey,
    callbackSecret: Buffer.from('nobody listens').toString('base64'),
    platformUrl: 'http://127.0.0.1:1',
  });
  const server = createServer((request, response) => {
    if (!sandbox.handle(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      sandbox.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function lend(n: number): Promise<void> {
  const headers = {
    authorization: `Bearer ${platform.partnerKey}`,
    'content-type': 'application/json',
  };
  const sent = await fetch(`${platform.baseUrl}/v1/applications`, {
    method: 'POST',
    headers: { ...headers, 'idempotency-key': `bank-books-${n}` },
    body: JSON.stringify(syntheticApplication('bank-books', n)),
  });
  const { applicationId } = (await sent.json()) as { applicationId: string };
  for (let turn = 0; turn < 300; turn += 1) {
    const answer = await fetch(`${platform.baseUrl}/v1/applications/${applicationId}`, { headers });
    if (((await answer.json()) as { status: string }).status === 'Disbursed') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${applicationId} was not paid out`);
}

async function payAtTheOther({ reference, amountFen }: Payout): Promise<void> {
  const answer = await fetch(`${bank.url}/sandbox/bank/payouts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      reference,
      amountFen,
      payee: { name: '测试', accountNumber: syntheticCardNumber(7), bankCode: '102100099996' },
      remark: 'a loan',
    }),
  });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('"Paid"')]);
}

interface Said {
  readonly code: number;
  readonly text: string;
}

function say(...words: readonly string[]): Promise<Said> {
  const flags = ['--url', platform.baseUrl, '--data', dataDir];
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...words, ...flags], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr });
    });
  });
}

const books = (): string => `${bank.url}/sandbox/bank/books`;

describe("the bank's own list", () => {
  it('is what loans are held against, not what stands beside the platform', async () => {
    expect(await say('audit')).toMatchObject({ code: 0 });
    const { code, text } = await say('audit', '--bank-books', books());
    expect(code).toBe(1);
    expect(text.match(/I4 {2}loan_\w+: is Active but the bank never paid/g)).toHaveLength(2);
  });

  it('shows a payout that the platform knows nothing of, with whose account it went to', async () => {
    for (const payout of paid) await payAtTheOther(payout);
    expect(await say('audit', '--bank-books', books())).toMatchObject({ code: 0 });
    await payAtTheOther({ reference: 'PAYLOST0001', amountFen: 2_500_000 });
    const { code, text } = await say('reconcile', '--bank-books', books());
    expect(code).toBe(1);
    const last4 = syntheticCardNumber(7).slice(-4);
    expect(text).toMatch(
      new RegExp(`^Payout +PAYLOST0001 .*25,000\\.00.* to an account ending in ${last4}$`, 'm'),
    );
    expect(text.match(/^Payout /gm)).toHaveLength(1);
    expect(await say('reconcile')).toMatchObject({ code: 0 });
  });

  it('is read from a statement in CSV as well', async () => {
    const file = join(dataDir, 'statement.csv');
    const line = ({ reference, amountFen }: Payout) =>
      `Payout,${reference},${amountFen},2026-11-26,`;
    const lines = ['movement,reference,amountFen,on,about', ...paid.map(line)];
    await writeFile(file, `${lines.join('\n')}\n`);
    expect(await say('audit', '--bank-books', file)).toMatchObject({ code: 0 });
    expect(await say('reconcile', '--bank-books', file)).toMatchObject({ code: 0 });
    lines.push('Receipt,RCPT-9,12345,2026-11-26,from 王五, for nothing we know');
    await writeFile(file, `${lines.join('\n')}\n`);
    const { code, text } = await say('reconcile', '--bank-books', file);
    expect(code).toBe(1);
    expect(text).toMatch(/^Receipt +RCPT-9 .*123\.45 .*from 王五, for nothing we know$/m);
  });

  it('that cannot be read is no clean audit', async () => {
    const wrong = await say('audit', '--bank-books', `${bank.url}/sandbox/sms/nothing`);
    expect(wrong.code).toBe(1);
    expect(wrong.text).toMatch(/answered 401/);
    const file = join(dataDir, 'half.json');
    await writeFile(file, '{"payouts":[]}');
    const half = await say('audit', '--bank-books', file);
    expect([half.code, half.text]).toEqual([1, expect.stringContaining('is no list of a bank')]);
  });
});
