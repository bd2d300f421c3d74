import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { auditPlatform } from '#local/cli/audit.ts';
import { PlatformClient } from '#local/sandbox/platform-client.ts';

let platform: PlatformProcess;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-unsigned-'));
  const flags = ['--memory', '--empty', '--auto-operate', '--manual-borrower'];
  platform = await startPlatformProcess({ flags, dataDir });
}, 120_000);

afterAll(async () => {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function client(credential: string): PlatformClient {
  return new PlatformClient({ baseUrl: platform.baseUrl, credential });
}

async function statusIs(applicationId: string, status: string): Promise<void> {
  const partner = client(platform.partnerKey);
  await expect
    .poll(async () => (await partner.get(`/v1/applications/${applicationId}`))['status'], {
      timeout: 20_000,
    })
    .toBe(status);
}

it('audits a contract that waits for its signature, and one that nobody will sign, without a loan', async () => {
  const partner = client(platform.partnerKey);
  const ids: string[] = [];
  for (const n of [1, 2]) {
    const body = syntheticApplication('unsigned', n);
    const asked = await partner.post('/v1/applications', body);
    ids.push(String(asked.body['applicationId']));
  }
  const [waiting = '', withdrawn = ''] = ids;
  for (const id of ids) await statusIs(id, 'AwaitingSignature');
  await partner.post(`/v1/applications/${withdrawn}/withdrawal`, { reason: 'ChangedMind' });
  await statusIs(withdrawn, 'Withdrawn');
  const operator = client(platform.operatorToken);
  // Both contracts name the loan they would be.
  for (const id of [waiting, withdrawn])
    expect(await operator.get(`/ops/applications/${id}`)).toHaveProperty('loanId');
  const report = await auditPlatform({ operator });
  expect(report).toMatchObject({ applications: 2, loans: 0, payouts: 0, findings: [] });
}, 60_000);
