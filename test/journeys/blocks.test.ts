import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { advanceClock } from '#local/cli/advance.ts';
import { auditPlatform } from '#local/cli/audit.ts';
import { readPlatformClock } from '#local/cli/platform-clock.ts';
import { PlatformClient } from '#local/sandbox/platform-client.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';

type Fields = Readonly<Record<string, unknown>>;

const bin = join(import.meta.dirname, '../../local/cli/zhudai.ts');
const DAY_SECONDS = 86_400;
/** Two people who are never seen apart from these tests. */
const [LIFTED, ENDING] = [80_001, 80_002];

let platform: PlatformProcess;
let dataDir: string;
let sent = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-blocks-'));
  const flags = ['--empty', '--auto-operate', '--memory'];
  platform = await startPlatformProcess({ flags, dataDir });
}, 300_000);

afterAll(async () => {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function client(credential: string): PlatformClient {
  return new PlatformClient({ baseUrl: platform.baseUrl, credential, patienceMs: 20_000 });
}

interface Said {
  readonly code: number;
  readonly text: string;
}

function say(...words: string[]): Promise<Said> {
  const flags = ['--url', platform.baseUrl, '--data', dataDir];
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, 'block', ...words, ...flags], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr });
    });
  });
}

async function ask(...words: string[]): Promise<Fields> {
  const { code, text } = await say(...words, '--json');
  if (code !== 0) throw new Error(`zhudai block ${words.join(' ')}: ${text}`);
  return JSON.parse(text) as Fields;
}

async function tokenOf(operatorId: string): Promise<string> {
  const answer = await fetch(`${platform.baseUrl}/sandbox/oidc/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operatorId }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** What a person's next application comes to. */
async function outcomeOf(person: number): Promise<Fields> {
  sent += 1;
  const body = syntheticApplication('blocks', person);
  Object.assign(body, { externalId: `blocks-${String(sent)}` });
  Object.assign(body['requested'] as object, { amountFen: 1_000_000 });
  Object.assign(body['applicant'] as object, { monthlyIncomeFen: 3_000_000 });
  const partner = client(platform.partnerKey);
  const { applicationId } = (await partner.post('/v1/applications', body)).body;
  return vi.waitFor(
    async () => {
      const application = await partner.get(`/v1/applications/${String(applicationId)}`);
      expect(['Declined', 'Disbursed']).toContain(application['status']);
      return application;
    },
    { timeout: 60_000, interval: 100 },
  );
}

async function eventsOf(blockId: unknown): Promise<unknown[]> {
  const chain = await client(await tokenOf('auditor')).get(`/ops/audit/${String(blockId)}`);
  return (chain['items'] as { event: Fields }[]).map(({ event }) => event['type']);
}

async function today(): Promise<string> {
  return businessDateOf(await readPlatformClock(platform.baseUrl));
}

describe('a borrower who is blocked', () => {
  let blockId: string;

  it('is declined for it, and told so in both languages', async () => {
    const { status, applicationId } = await outcomeOf(LIFTED);
    expect(status).toBe('Disbursed');
    const words = ['--reason', 'ForgedDocuments', '--note', 'file 12 of the branch'];
    const added = await say('add', String(applicationId), ...words);
    expect(added.text).toContain('提交伪造材料 / Forged documents: file 12 of the branch');
    blockId = /blk_[0-9A-Z]{26}/.exec(added.text)?.[0] ?? added.text;

    const again = await outcomeOf(LIFTED);
    expect(again).toMatchObject({ status: 'Declined', reasonCodes: ['BorrowerBlocked'] });
    expect(JSON.stringify(again)).not.toContain('ForgedDocuments');
  });

  it('is in the list with who did it, and is not blocked a second time', async () => {
    const { applicationId } = await outcomeOf(LIFTED);
    const twice = await say('add', String(applicationId), '--reason', 'OwnRequest');
    expect([twice.code, twice.text]).toEqual([1, expect.stringContaining('blocked already')]);
    const { text } = await say('list');
    expect(text).toMatch(new RegExp(`${blockId}.*提交伪造材料.*Forged documents`));
    expect(text).toContain('1 blocked');
    expect(await ask('show', blockId)).toMatchObject({
      blockedBy: 'operator-demo',
      isStanding: true,
    });
  });

  it('stays blocked while only one person wants it lifted', async () => {
    const asked = await ask('lift', blockId, '--reason', 'ObjectionUpheld');
    expect(asked).toMatchObject({ status: 'LiftRequested', isStanding: true });
    const own = await say('decide', blockId, 'Approve', '--version', String(asked['version']));
    expect([own.code, own.text]).toEqual([1, expect.stringContaining('does not decide it')]);
    expect((await outcomeOf(LIFTED))['reasonCodes']).toEqual(['BorrowerBlocked']);
  });

  it('may apply again as soon as a second person agrees', async () => {
    const shown = await say('show', blockId);
    expect(shown.text).toContain('异议成立');
    const version = /version (\d+)/.exec(shown.text)?.[1] ?? '';
    const token = ['--operator-token', await tokenOf('supervisor')];
    const lifted = await say('decide', blockId, 'Approve', '--version', version, ...token);
    expect(lifted.text).toContain('lifted by supervisor');
    expect((await outcomeOf(LIFTED))['status']).toBe('Disbursed');
    expect((await say('list')).text).toContain('0 blocked');
    await vi.waitFor(async () => {
      expect(await eventsOf(blockId)).toEqual([
        'BorrowerBlocked',
        'BlockLiftRequested',
        'BlockLifted',
      ]);
    });
  });
});

describe('a block with a last day', () => {
  it('is entered by a loan, holds to the end of that day, and ends without anybody', async () => {
    const { loanId } = await outcomeOf(ENDING);
    const until = await today();
    const words = ['--reason', 'OwnRequest', '--until', until];
    const { blockId } = await ask('add', String(loanId), ...words);
    expect((await outcomeOf(ENDING))['reasonCodes']).toEqual(['BorrowerBlocked']);
    await advanceClock(platform.baseUrl, DAY_SECONDS);
    expect((await say('list')).text).toContain('0 blocked');
    expect((await outcomeOf(ENDING))['status']).toBe('Disbursed');
    // What the night puts on record.
    await advanceClock(platform.baseUrl, DAY_SECONDS);
    await vi.waitFor(
      async () => {
        expect(await eventsOf(blockId)).toEqual(['BorrowerBlocked', 'BlockEnded']);
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(await ask('show', String(blockId))).toMatchObject({ status: 'Ended' });
  });

  it('that is past is refused, and so is a note that says who somebody is', async () => {
    const { applicationId } = await outcomeOf(ENDING);
    const past = ['add', String(applicationId), '--reason', 'OwnRequest', '--until', '2020-01-01'];
    expect((await say(...past)).text).toContain('2020-01-01 is past');
    const said = ['--reason', 'OwnRequest', '--note', 'his number is 13800138000'];
    const noted = await say('add', String(applicationId), ...said);
    expect([noted.code, noted.text]).toEqual([1, expect.stringContaining('leave it out')]);
    expect((await say('list')).text).toContain('0 blocked');
  });
});

it('leaves books that agree', async () => {
  const report = await auditPlatform({ operator: client(platform.operatorToken) });
  expect(report.findings).toEqual([]);
}, 60_000);
