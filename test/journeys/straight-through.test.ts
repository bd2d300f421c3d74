import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';

let platform: PlatformProcess;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-straight-'));
  const flags = ['--memory', '--empty', '--auto-operate'];
  platform = await startPlatformProcess({ flags, dataDir });
}, 120_000);

afterAll(async () => {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function read<Answer>(path: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${platform.partnerKey}` };
  return (await (await fetch(`${platform.baseUrl}${path}`, { headers })).json()) as Answer;
}

async function until<Answer>(
  path: string,
  isThere: (answer: Answer) => boolean,
): Promise<Answer | undefined> {
  for (let turn = 0; turn < 200; turn += 1) {
    const answer = await read<Answer>(path);
    if (isThere(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}

it('goes from request to one payout, one honest webhook and at most 16 states', async () => {
  const answer = await fetch(`${platform.baseUrl}/v1/applications`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${platform.partnerKey}`,
      'content-type': 'application/json',
      'idempotency-key': 'straight-1',
    },
    body: JSON.stringify(syntheticApplication('straight', 1)),
  });
  expect(answer.status).toBe(202);
  const { applicationId } = (await answer.json()) as { applicationId: string };
  const application = await until<{ status: string }>(
    `/v1/applications/${applicationId}`,
    ({ status }) => status === 'Disbursed',
  );
  expect(application).toMatchObject({ status: 'Disbursed' });
  const { payouts } = await read<{ payouts: unknown[] }>('/sandbox/bank/books');
  expect(payouts).toHaveLength(1);
  const partner = await until<{ webhooks: unknown[] }>(
    '/sandbox/partner/books',
    ({ webhooks }) => webhooks.length > 0,
  );
  expect(partner?.webhooks).toMatchObject([{ signature: 'Valid', body: { data: {} } }]);
  const meter = await read<{
    statesEntered: number;
    unitsByTable: Record<string, { read: number; write: number }>;
    unitsByFunction: Record<string, { read: number; write: number }>;
  }>('/local/meter');
  expect(meter.statesEntered).toBeLessThanOrEqual(16);
  expect(Object.keys(meter.unitsByTable).filter((name) => !name.includes('-data-'))).toEqual([]);
  const screening = Object.entries(meter.unitsByFunction).find(([name]) =>
    name.includes('ScreenApplication'),
  );
  expect(screening?.[1].write).toBeGreaterThan(0);
}, 60_000);
