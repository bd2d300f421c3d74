import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const posted: { path: string; key: string | undefined; body: Record<string, unknown> }[] = [];
const borrower = (at: number) => ({
  borrowerKey: `key-${String(at)}`,
  segment: 'Prime',
  grade: 'A',
  valueFen: 123_456 + at,
});

/** Two pages: the first chooses nobody, as a page may. */
function answerTo(path: string, body: Record<string, unknown>): object {
  if (path.endsWith('/consent-withdrawals'))
    return { applicationId: 'app_1', purpose: 'Marketing', withdrawnAt: '2026-11-26T04:00:00Z' };
  return body['cursor'] === undefined
    ? { selectionId: 'sel_1', looked: 50, items: [], nextCursor: 'next' }
    : { selectionId: 'sel_2', looked: 7, items: [borrower(1), borrower(2)] };
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const path = request.url ?? '';
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    posted.push({ path, key: request.headers['idempotency-key'] as string | undefined, body });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answerTo(path, body)));
  });
});

let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  server.close();
});

function zhudai(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  posted.length = 0;
  const bin = join(root, 'local/cli/zhudai.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...words, '--url', url], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('zhudai campaign', () => {
  it('asks page after page for those who fit, each page under a key of its own', async () => {
    const criteria = ['--segment', 'Prime', 'Salaried', '--grade', 'A', '--value-min', '50000'];
    const { code, stdout, stderr } = await zhudai('campaign', 'autumn-2026', ...criteria, '--json');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      campaign: 'autumn-2026',
      looked: 57,
      borrowers: [borrower(1), borrower(2)],
    });
    expect(posted.map(({ path, body }) => [path, body])).toEqual([
      [
        '/ops/campaigns/autumn-2026/selections',
        {
          creditPolicyId: 'person',
          segments: ['Prime', 'Salaried'],
          grades: ['A'],
          valueMinFen: 50_000,
        },
      ],
      ['/ops/campaigns/autumn-2026/selections', expect.objectContaining({ cursor: 'next' })],
    ]);
    expect(new Set(posted.map(({ key }) => key)).size).toBe(2);
  });

  it('tells a person who is chosen, of how many', async () => {
    const { stdout } = await zhudai('campaign', 'autumn-2026');
    expect(stdout).toMatch(/key-1 +Prime +A +1234\.57/);
    expect(stdout).toContain('2 of 57 decided applications for autumn-2026');
  });

  it('refuses a value that is no number, and asks nothing', async () => {
    const { code } = await zhudai('campaign', 'autumn-2026', '--value-min', 'much');
    expect(code).not.toBe(0);
    expect(posted).toEqual([]);
  });
});

describe('zhudai withdraw-consent', () => {
  it('takes back the consent to marketing through an application of the borrower', async () => {
    const { code, stdout } = await zhudai('withdraw-consent', 'app_1');
    expect(code).toBe(0);
    expect(posted).toMatchObject([
      {
        path: '/ops/applications/app_1/consent-withdrawals',
        key: expect.stringMatching(/./) as string,
        body: { purpose: 'Marketing' },
      },
    ]);
    expect(stdout).toContain('no campaign writes to the borrower of app_1');
  });
});
