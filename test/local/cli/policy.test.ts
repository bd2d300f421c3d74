import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideByPolicy } from '#domain/underwriting/decide-by-policy.ts';
import { recordOf, shadowRecordOf } from '#domain/underwriting/decision-record.ts';
import type { ReplayReport } from '#domain/underwriting/replay-decisions.ts';
import { germanCase, personSetting } from '../../domain/underwriting/german-cases.ts';
import { draftPolicy, recordedTable } from '../../domain/underwriting/german-table.ts';

const root = join(import.meta.dirname, '../../..');
const draftFile = join(root, 'catalog/drafts/credit-policies/person.json');
const CASES = 120;
const PAGE = 50;

/** What the platform keeps of the first German applications, decided by the shipped policy. */
const kept = Array.from({ length: CASES }, (_, position) => {
  const { inputs } = germanCase(position);
  return recordOf(inputs, decideByPolicy(inputs, personSetting), 'person');
});
/** The same with the shipped draft as a challenger in the shadow. */
const shadows = kept.map(({ inputs }) =>
  shadowRecordOf(inputs, decideByPolicy(inputs, { ...personSetting, policy: draftPolicy }), {
    creditPolicyId: 'person',
    counted: decideByPolicy(inputs, personSetting),
    isChampion: true,
  }),
);
const shadowQueries: string[] = [];
const catalog: Readonly<Record<string, unknown>> = {
  product: personSetting.product,
  scorecard: personSetting.scorecard,
  'policy-pack': personSetting.policyPack,
  'credit-policy': personSetting.policy,
};
const draft = { draftId: 'draft_1', contentHash: 'd'.repeat(64), content: draftPolicy };
const posted: { path: string; token: string | undefined; body: unknown }[] = [];

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://platform');
    const body =
      chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as object);
    if (request.method === 'POST')
      posted.push({ path: pathname, token: request.headers.authorization, body });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answerTo(pathname, searchParams, body)));
  });
});

function answerTo(path: string, query: URLSearchParams, body: object): unknown {
  if (path === '/ops/decisions') {
    // A parameter said twice reaches the platform as neither: each is said once.
    expect(query.getAll('limit')).toHaveLength(1);
    const from = Number(query.get('cursor') ?? 0);
    const next = from + PAGE;
    const items = kept.slice(from, next);
    return { items, ...(next < CASES ? { nextCursor: String(next) } : {}) };
  }
  if (path === '/ops/shadow-decisions') {
    shadowQueries.push(query.toString());
    const from = Number(query.get('cursor') ?? 0);
    const next = from + PAGE;
    const items = query.get('creditPolicyId') === 'person' ? shadows.slice(from, next) : [];
    return { items, ...(next < CASES ? { nextCursor: String(next) } : {}) };
  }
  if (path === '/ops/catalog') return { items: [catalog[query.get('kind') ?? '']] };
  if (path === '/ops/catalog/drafts') return { ...draft, status: 'Draft', ...body };
  if (path.endsWith('/submission')) return { ...draft, status: 'Submitted' };
  if (path.endsWith('/approval')) {
    const isApproved = 'outcome' in body && body.outcome === 'Approve';
    return { ...draft, status: isApproved ? 'Approved' : 'Rejected' };
  }
  return { ...draft, status: 'Submitted' };
}

let url: string;
let folder: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  folder = mkdtempSync(join(tmpdir(), 'zhudai-policy-'));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function zhudai(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const bin = join(root, 'local/cli/zhudai.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, 'policy', ...words], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('zhudai policy replay', () => {
  it('says who would move under a draft, at which rate, loss and price, and why', async () => {
    const { code, stdout } = await zhudai('replay', draftFile, '--url', url, '--json');
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as ReplayReport;
    expect(report).toMatchObject({ cases: CASES, isSame: false });
    const approved = kept.filter(({ decided }) => decided.outcome === 'Approved').length;
    expect(report.before.byOutcome.Approved).toBe(approved);
    expect(report.after.byOutcome.Approved).toBeLessThan(approved);
    expect(report.after.approvalBasisPoints).toBeLessThan(report.before.approvalBasisPoints);
    expect(report.after.expectedLossFen).toBeLessThan(report.before.expectedLossFen);
    expect(report.after.averageRateBasisPoints).toBeGreaterThan(0);
    const moved = report.moves.find(({ from, to }) => from === 'Approved' && to === 'Referred');
    expect(moved?.reasonsAdded.length).toBeGreaterThan(0);
    const counted = Object.values(report.outcomes).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(CASES);
  });

  it('finds every answer the same under the policy that gave it', async () => {
    const { stdout } = await zhudai('replay', 'person#0001', '--url', url, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ cases: CASES, isSame: true, moves: [] });
  });

  it('takes a draft by its id, compares two policies, and tells a person in words', async () => {
    const words = ['replay', 'draft_1', '--against', 'person#0001', '--url', url];
    const { code, stdout } = await zhudai(...words);
    expect(code).toBe(0);
    for (const line of ['approval rate', 'expected loss', 'average price', 'Approved to Referred'])
      expect(stdout).toContain(line);
    expect(stdout).toMatch(/app_[0-9A-Z]{26} +Approved to Referred .*\+[A-Z]/);
  });
});

describe('zhudai policy shadows', () => {
  it('compares champion and challenger over a period, page after page, as a replay would', async () => {
    const words = ['--from', '2026-11-01', '--to', '2026-11-30', '--url', url, '--json'];
    const { code, stdout, stderr } = await zhudai('shadows', 'person', ...words);
    expect(code, stderr).toBe(0);
    const [report] = JSON.parse(stdout) as (ReplayReport & Record<string, unknown>)[];
    expect(report).toMatchObject({
      champion: 'person#0001',
      challenger: 'person#0003',
      decidedByChallenger: 0,
      cases: CASES,
    });
    expect(shadowQueries).toHaveLength(Math.ceil(CASES / PAGE));
    expect(shadowQueries[0]).toBe('creditPolicyId=person&from=2026-11-01&to=2026-11-30&limit=100');
    const replayed = await zhudai('replay', draftFile, '--url', url, '--json');
    expect(report).toMatchObject(JSON.parse(replayed.stdout) as object);
  });

  it('tells a person in words, also that there is nothing', async () => {
    const { stdout } = await zhudai('shadows', 'person', '--url', url);
    for (const line of [
      'person#0003 (after) against person#0001 (before)',
      'approval rate',
      'expected loss',
      'average price',
    ])
      expect(stdout).toContain(line);
    const none = await zhudai('shadows', 'company', '--url', url);
    expect(none.stdout).toContain('no challenger has decided anything');
  });
});

describe('zhudai policy samples', () => {
  it('decides the 1,000 German applications as recorded, and says how the approved turned out', async () => {
    const { stdout } = await zhudai('samples', '--json');
    expect(JSON.parse(stdout)).toEqual(recordedTable('shipped').summary);
    const text = (await zhudai('samples', draftFile)).stdout;
    const { approvalBasisPoints, badBasisPointsOfApproved } = recordedTable('draft').summary;
    expect(text).toContain(
      `approved without a person: ${(approvalBasisPoints / 100).toFixed(2)} %, of whom ${(badBasisPointsOfApproved / 100).toFixed(2)} % turned out bad; of all, 30.00 %`,
    );
  });
});

describe('zhudai policy draft and publish', () => {
  it('hands a policy in, and publishes it bound to the hash of what is there', async () => {
    posted.length = 0;
    const drafted = await zhudai('draft', draftFile, '--url', url, '--operator-token', 'maker');
    expect(drafted.stdout).toContain('draft_1 Submitted');
    const published = await zhudai(
      'publish',
      'draft_1',
      '--url',
      url,
      '--operator-token',
      'checker',
    );
    expect(published.stdout).toContain('draft_1 Approved');
    expect(posted).toMatchObject([
      {
        path: '/ops/catalog/drafts',
        token: 'Bearer maker',
        body: { kind: 'credit-policy', content: { creditPolicyId: 'person', version: 3 } },
      },
      { path: '/ops/catalog/drafts/draft_1/submission', token: 'Bearer maker' },
      {
        path: '/ops/catalog/drafts/draft_1/approval',
        token: 'Bearer checker',
        body: { outcome: 'Approve', contentHash: draft.contentHash },
      },
    ]);
    const back = await zhudai('publish', 'draft_1', '--reject', '--url', url);
    expect(back.stdout).toContain('draft_1 Rejected');
  });

  it('refuses a policy with a hole before anything is sent, and names the nearest row', async () => {
    posted.length = 0;
    const { pricing } = draftPolicy;
    const file = join(folder, 'hole.json');
    writeFileSync(
      file,
      JSON.stringify({ ...draftPolicy, pricing: { ...pricing, rows: pricing.rows.slice(1) } }),
    );
    for (const command of ['draft', 'samples']) {
      const { code, stderr } = await zhudai(
        command,
        file,
        ...(command === 'draft' ? ['--url', url] : []),
      );
      expect(code).toBe(1);
      expect(stderr).toContain('no row takes grade A');
      expect(stderr).toContain('the nearest is');
    }
    expect(posted).toEqual([]);
  });
});
