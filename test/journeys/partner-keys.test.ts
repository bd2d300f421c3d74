import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { advanceClock } from '#local/cli/advance.ts';
import { PartnerKeys, type KnownKey } from '#local/cli/partner-keys.ts';

const partnerId = 'demo-partner';
/** Longer than an authoriser's answer is kept. */
const CACHE_SECONDS = 301;

let platform: PlatformProcess;
let dataDir: string;
let keys: PartnerKeys;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-keys-'));
  platform = await startPlatformProcess({ flags: ['--memory', '--empty'], dataDir });
  const { awsEndpoint: endpoint } = platform;
  keys = new PartnerKeys({ region: 'us-east-1', endpoint, table: undefined });
}, 120_000);

afterAll(async () => {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function statusWith(key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  return (await fetch(`${platform.baseUrl}/v1/products`, { headers })).status;
}

async function demoKey(): Promise<KnownKey> {
  const [oldest] = await keys.list(partnerId);
  if (oldest === undefined) throw new Error('the demo partner has no key');
  return oldest;
}

describe('a partner that changes its key', () => {
  let added: { key: string; digest: string };

  it('has two for a while, and both let it in', async () => {
    added = await keys.add(partnerId, { addedAt: '2026-11-26T09:00:00+08:00' });
    expect([await statusWith(platform.partnerKey), await statusWith(added.key)]).toEqual([
      200, 200,
    ]);
    expect(await keys.list(partnerId)).toMatchObject([
      { status: 'Active' },
      { digest: added.digest, status: 'Active' },
    ]);
  });

  it('has one again when the first is revoked and the answers kept about it have run out', async () => {
    const { digest } = await demoKey();
    await keys.revoke(digest, '2026-11-27T09:00:00+08:00');
    await keys.revoke(digest, '2026-11-28T09:00:00+08:00');
    await advanceClock(platform.baseUrl, CACHE_SECONDS);
    expect([await statusWith(platform.partnerKey), await statusWith(added.key)]).toEqual([
      401, 200,
    ]);
  });

  it('is let in until the key expires, and not a moment longer', async () => {
    const { text } = { text: await (await fetch(`${platform.baseUrl}/local/clock`)).text() };
    const { now } = JSON.parse(text) as { now: string };
    const expiresAt = new Date(Date.parse(now) + 3_600_000).toISOString();
    const short = await keys.add(partnerId, { addedAt: now, expiresAt });
    expect(await statusWith(short.key)).toBe(200);
    await advanceClock(platform.baseUrl, 3_600 + CACHE_SECONDS);
    expect(await statusWith(short.key)).toBe(401);
  });

  it('gets no key under a name nobody has, and no unknown key is revoked', async () => {
    const at = '2026-11-26T09:00:00+08:00';
    await expect(keys.add('nobody-here', { addedAt: at })).rejects.toThrow(/no partner/);
    await expect(keys.revoke('0'.repeat(64), at)).rejects.toThrow(/ConditionalCheckFailed/);
  });

  it('finds its keys nowhere in what was kept or said', async () => {
    const said = platform.output() + (await readFile(join(dataDir, 'credentials.json'), 'utf8'));
    expect(said).not.toContain(added.key);
    expect(JSON.stringify(await keys.list(partnerId))).not.toContain(added.key);
  });
});
