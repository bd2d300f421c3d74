import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '#local/clock.ts';
import { describeReplay, tableOf, yuan } from '#local/cli/replay-summary.ts';
import { replaySamples } from '#local/cli/replay.ts';
import { SandboxBorrower } from '#local/sandbox/borrower.ts';
import { FakePlatform } from './fake-platform.ts';

const platform = new FakePlatform();
const clock = new MovableClock();
let borrower: SandboxBorrower;
let baseUrl: string;

beforeEach(async () => {
  baseUrl = await platform.start();
  borrower = new SandboxBorrower({ baseUrl, partnerKey: 'key', clock, rescanMs: 50 });
  borrower.start();
});
afterEach(async () => {
  await borrower.stop();
  clock.stop();
  await platform.stop();
});

describe('replaySamples', () => {
  it('follows each application to its end and says what became of it', async () => {
    const seen: number[] = [];
    const report = await replaySamples({
      baseUrl,
      partnerKey: 'key',
      count: 20,
      onProgress: ({ settled }) => seen.push(settled),
    });
    expect(report.byStatus).toEqual({ Disbursed: 20 });
    expect(report.rows.map(({ externalId }) => externalId)).toEqual(
      Array.from({ length: 20 }, (_, i) => `german-${String(i + 1).padStart(4, '0')}`),
    );
    expect(report.rows[0]).toMatchObject({ amountFen: 11_700_00, aprNominal: '0.0720' });
    expect(seen.at(-1)).toBe(20);
  });

  it('uploads the documents asked for, byte for byte as registered', async () => {
    platform.fateOf = () => 'AwaitingDocuments';
    const report = await replaySamples({ baseUrl, partnerKey: 'key', count: 2 });
    expect(report.byStatus).toEqual({ Declined: 2 });
    for (const { documents } of platform.applications.values())
      expect(documents.map(({ status }) => status)).toEqual(['Verified', 'Verified']);
  });

  it('uploads again what was lost on the way', async () => {
    platform.fateOf = () => 'AwaitingDocuments';
    platform.lostUploads = 1;
    const report = await replaySamples({ baseUrl, partnerKey: 'key', count: 1 });
    expect(report.byStatus).toEqual({ Declined: 1 });
  });

  it('ends at a task for a person unless somebody works the tasks', async () => {
    platform.fateOf = () => 'UnderReview';
    const waiting = await replaySamples({ baseUrl, partnerKey: 'key', count: 1 });
    expect(waiting.byStatus).toEqual({ UnderReview: 1 });
    const stuck = await replaySamples({
      baseUrl,
      partnerKey: 'key',
      count: 1,
      isAutoOperated: true,
      patienceMs: 1_500,
    });
    expect(stuck.elapsedMs).toBeGreaterThan(1_500);
  });

  it('changes nothing when it is started again', async () => {
    await replaySamples({ baseUrl, partnerKey: 'key', count: 5 });
    const again = await replaySamples({ baseUrl, partnerKey: 'key', count: 5 });
    expect(again.byStatus).toEqual({ Disbursed: 5 });
    expect(platform.applications.size).toBe(5);
  });

  it('goes on when the platform is overloaded for a moment', async () => {
    platform.nextStatuses.push(503, 429, 503);
    const report = await replaySamples({ baseUrl, partnerKey: 'key', count: 3 });
    expect(report.byStatus).toEqual({ Disbursed: 3 });
  });

  it('stops with the reason, and asks nothing more, when the platform stays away', async () => {
    platform.fateOf = () => 'UnderReview';
    platform.nextStatuses.push(...Array.from({ length: 100 }, () => 500));
    const replay = replaySamples({ baseUrl, partnerKey: 'key', count: 30, patienceMs: 200 });
    await expect(replay).rejects.toThrow('500');
    platform.nextStatuses.length = 0;
    await borrower.stop();
    // What was on its way may still arrive, on a busy machine for a while.
    let asked = -1;
    while (asked !== platform.requests.length) {
      asked = platform.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(platform.requests).toHaveLength(asked);
  });

  it('reports what the API refused instead of stopping', async () => {
    const items = [{ request: { externalId: 'A' } }, { request: { externalId: 'A', other: 1 } }];
    const report = await replaySamples({
      baseUrl,
      partnerKey: 'key',
      count: 2,
      items,
      concurrency: 1,
    });
    expect(report.byStatus).toEqual({ Disbursed: 1, Refused: 1 });
    expect(report.byReasonCode).toEqual({ ExternalIdTaken: 1 });
  });
});

describe('SandboxBorrower', () => {
  it('confirms the sheet that was priced before it asks to sign, under fixed keys', async () => {
    await replaySamples({ baseUrl, partnerKey: 'key', count: 1 });
    const posts = platform.requests.filter(({ method }) => method === 'POST').slice(1);
    expect(posts.map(({ path }) => path.split('/').at(-1))).toEqual(['disclosure', 'signature']);
    expect(posts[0]?.body).toMatchObject({ sheetHash: 'ab'.repeat(32), readSeconds: 12 });
    const [application] = platform.applications.values();
    expect(posts[1]?.key).toBe(`signature-${application?.applicationId ?? ''}`);
  });

  it('acts on the event of a prepared contract without a rescan', async () => {
    await borrower.stop();
    platform.requests.length = 0;
    const prompt = new SandboxBorrower({ baseUrl, partnerKey: 'key', clock, rescanMs: 600_000 });
    await fetch(`${baseUrl}/v1/applications`, {
      method: 'POST',
      headers: { 'idempotency-key': 'k' },
      body: '{"externalId":"E"}',
    });
    const [application] = platform.applications.values();
    prompt.onEvent({
      'detail-type': 'ContractPrepared',
      detail: { subjectId: application?.applicationId, sheetHash: 'ab'.repeat(32) },
    });
    await prompt.idle();
    expect(application?.status).toBe('Disbursed');
    expect(
      platform.requests.filter(({ method, path }) => method === 'GET' && path.includes('app_')),
    ).toEqual([]);
    await prompt.stop();
  });
});

describe('describeReplay', () => {
  it('prints a table, a summary and the money', async () => {
    const report = await replaySamples({ baseUrl, partnerKey: 'key', count: 2 });
    const lines = describeReplay(report);
    expect(lines[0]).toMatch(/^application +became +decision +reasons +amount +APR +seconds$/);
    expect(lines[1]).toMatch(/^german-0001 +Disbursed .*¥11,700\.00 +7\.20 %/);
    expect(lines.join('\n')).toContain('paid out: ¥71,200.00');
  });

  it.each([
    { fen: 0, text: '¥0.00' },
    { fen: 5, text: '¥0.05' },
    { fen: 123_456_789, text: '¥1,234,567.89' },
    { fen: -100, text: '-¥1.00' },
  ])('writes $fen fen as $text', ({ fen, text }) => {
    expect(yuan(fen)).toBe(text);
  });

  it('aligns words left and numbers right', () => {
    expect(
      tableOf(
        [
          ['a', 'bb'],
          ['ccc', '1'],
        ],
        1,
      ),
    ).toEqual(['a    bb', 'ccc   1']);
  });
});
