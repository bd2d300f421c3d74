import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { advanceClock } from '#local/cli/advance.ts';
import { PlatformClient } from '#local/sandbox/platform-client.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Section {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly entries: readonly Fields[];
}

let platform: PlatformProcess;
let dataDir: string;
let partner: PlatformClient;
let checkerToken: string;
let paid: string;
let declined: string;
const request = syntheticApplication('copy', 81_001) as {
  applicant: { name: string; idNumber: string; mobile: string };
} & Record<string, unknown>;
const friend = { name: '测试友人', mobile: '19955554444', relation: 'Friend' };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-copy-'));
  const flags = ['--empty', '--auto-operate', '--memory'];
  platform = await startPlatformProcess({ flags, dataDir });
  const { baseUrl, partnerKey: credential } = platform;
  partner = new PlatformClient({ baseUrl, credential, patienceMs: 20_000 });
  const answer = await fetch(`${baseUrl}/sandbox/oidc/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operatorId: 'supervisor' }),
  });
  checkerToken = ((await answer.json()) as { access_token: string }).access_token;
  declined = await apply(
    'declined',
    { amountFen: 5_000_000, monthlyIncomeFen: 60_000 },
    'Declined',
  );
  paid = await apply('paid', { amountFen: 1_000_000, monthlyIncomeFen: 1_500_000 }, 'Disbursed');
  await advanceClock(baseUrl, 35 * 86_400);
}, 240_000);

afterAll(async () => {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function apply(
  name: string,
  { amountFen, monthlyIncomeFen }: { amountFen: number; monthlyIncomeFen: number },
  status: string,
): Promise<string> {
  const body = structuredClone(request);
  Object.assign(body, { externalId: `copy-${name}`, contacts: [friend], address: '旧地址1号' });
  Object.assign(body['requested'] as object, { amountFen });
  Object.assign(body.applicant, { monthlyIncomeFen });
  const id = String((await partner.post('/v1/applications', body)).body['applicationId']);
  await vi.waitFor(
    async () => {
      expect((await partner.get(`/v1/applications/${id}`))['status']).toBe(status);
    },
    { timeout: 60_000, interval: 250 },
  );
  return id;
}

async function zhudai(...words: readonly string[]): Promise<Fields> {
  const bin = join(import.meta.dirname, '../../local/cli/zhudai.ts');
  const connection = ['--url', platform.baseUrl, '--data', dataDir, '--json'];
  const all = [bin, 'privacy', ...words, ...connection];
  const { stdout } = await promisify(execFile)(process.execPath, all);
  return JSON.parse(stdout) as Fields;
}

async function fileWith(name: string, wish: unknown): Promise<string> {
  const file = join(dataDir, name);
  await writeFile(file, JSON.stringify(wish));
  return file;
}

const verified = ['--verified', 'InPerson'];

describe('a borrower who asks for a copy', () => {
  let made: Fields;
  let text: string;
  const section = (code: string): Section => {
    const { sections } = JSON.parse(text) as { sections: Section[] };
    const found = sections.find((each) => each.code === code);
    if (found === undefined) throw new Error(`no section ${code}`);
    return found;
  };

  it('gets what is held of them in a file for their eyes alone, by whichever application they are found', async () => {
    const out = join(dataDir, 'copy.json');
    const operator = new PlatformClient({
      baseUrl: platform.baseUrl,
      credential: platform.operatorToken,
    });
    const reason = 'SuspiciousFunds';
    const block = { applicationId: paid, reason, note: 'noted', blockedUntilOn: '2999-01-01' };
    await operator.post('/ops/blocks', block);
    made = await zhudai('copy', declined, ...verified, '--out', out);
    expect(made).toMatchObject({ applications: 2 });
    text = await readFile(out, 'utf8');
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(section('Identity').entries[0]).toMatchObject({
      applicant: { ...request.applicant, monthlyIncomeFen: 60_000 },
    });
    const ids = section('Applications').entries.map(({ applicationId }) => applicationId);
    expect(ids.toSorted()).toEqual([paid, declined].toSorted());
    expect(section('Consents').entries.length).toBeGreaterThan(0);
    expect(section('Loans').entries).toContainEqual(
      expect.objectContaining({ applicationId: paid, status: 'Active', principalFen: 1_000_000 }),
    );
    expect(section('Payments').entries.length).toBeGreaterThan(0);
    expect(section('Messages').entries.length).toBeGreaterThan(0);
    expect(section('Blocks').entries).toEqual([
      { status: 'Blocked', since: expect.any(String) as string, until: '2999-01-01' },
    ]);
    expect(text).not.toMatch(/SuspiciousFunds|noted/);
    const refusal = section('Decisions').entries.find((each) => each['applicationId'] === declined);
    expect(refusal?.['reasons']).toContainEqual(
      expect.objectContaining({ zh: expect.stringMatching(/\p{Script=Han}/u) as string }),
    );
  });

  it('reads it in both languages, and nothing of other people in it', () => {
    const { sections } = JSON.parse(text) as { sections: Section[] };
    for (const { zh, en } of sections) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).toMatch(/^[A-Z]/);
    }
    expect(text).not.toContain(friend.mobile);
    expect(text).not.toContain(friend.name);
    expect(section('OtherPeople').entries[0]).toMatchObject({ mobileMasked: '199****4444' });
  });

  it('is on record with the time the law gives, and never written over', async () => {
    const shown = await zhudai('show', String(made['requestId']));
    expect(shown).toMatchObject({ kind: 'Copy', status: 'Done', verification: 'InPerson' });
    expect(JSON.stringify(shown)).not.toContain('copies/');
    const out = join(dataDir, 'copy.json');
    await expect(zhudai('copy', declined, ...verified, '--out', out)).rejects.toThrow(/EEXIST/);
  });
});

describe('a borrower who has something put right', () => {
  const wish = {
    corrections: { mobile: '19911112222', address: '新地址2号' },
    remarks: [{ field: 'monthlyIncomeFen', text: '已涨工资' }],
  };
  let requestId: string;
  const decide = (file: string, token = checkerToken): Promise<Fields> =>
    zhudai('decide', requestId, '--file', file, '--operator-token', token);

  it('has it entered by one person, which changes nothing yet and shows nothing', async () => {
    const proposed = await zhudai(
      'correct',
      paid,
      ...verified,
      '--file',
      await fileWith('wish', wish),
    );
    requestId = String(proposed['requestId']);
    expect(proposed).toMatchObject({
      status: 'Proposed',
      correction: { fields: ['mobile', 'address', 'remark:monthlyIncomeFen'] },
    });
    expect(JSON.stringify(proposed)).not.toMatch(/19911112222|新地址|涨工资/);
    expect(await maskedMobile()).not.toBe('199****2222');
  });

  it('needs another person, and the very same', async () => {
    const same = await fileWith('same', wish);
    await expect(decide(same, platform.operatorToken)).rejects.toThrow(/403/);
    const other = { ...wish, corrections: { ...wish.corrections, mobile: '19911112223' } };
    await expect(decide(await fileWith('other', other))).rejects.toThrow(/not what was entered/);
    expect(await maskedMobile()).not.toBe('199****2222');
    expect(await decide(same)).toMatchObject({
      status: 'Done',
      correction: { outcome: 'Approved', decidedBy: 'supervisor' },
    });
    expect(await decide(same)).toMatchObject({ status: 'Done' });
    expect(await maskedMobile()).toBe('199****2222');
  });

  it('finds it in the next copy, with evidence as it was and the remark beside it', async () => {
    const out = join(dataDir, 'second-copy.json');
    await zhudai('copy', paid, ...verified, '--out', out);
    const { sections } = JSON.parse(await readFile(out, 'utf8')) as { sections: Section[] };
    const identity = sections.find(({ code }) => code === 'Identity');
    expect(identity?.entries).toContainEqual(
      expect.objectContaining({
        applicationId: paid,
        address: '新地址2号',
        applicant: expect.objectContaining({
          mobile: '19911112222',
          monthlyIncomeFen: 1_500_000,
        }) as object,
        remarks: [expect.objectContaining({ text: '已涨工资' })],
      }),
    );
  });

  it('is told no where it is not shown, and what was entered on older data counts no more', async () => {
    const [first, second] = [{ address: '三号' }, { address: '四号' }];
    const ask = async (corrections: Fields): Promise<string> => {
      const file = await fileWith('again', { corrections });
      return String((await zhudai('correct', paid, ...verified, '--file', file))['requestId']);
    };
    const [one, two] = [await ask(first), await ask(second)];
    requestId = one;
    await decide(await fileWith('first', { corrections: first }));
    requestId = two;
    const late = await fileWith('second', { corrections: second });
    await expect(decide(late)).rejects.toThrow(/have changed since/);
    const refused = await zhudai(
      'decide',
      two,
      '--refuse',
      'NotShown',
      '--operator-token',
      checkerToken,
    );
    expect(refused).toMatchObject({ correction: { outcome: 'Refused', because: 'NotShown' } });
  });

  async function maskedMobile(): Promise<unknown> {
    const { applicant } = await partner.get(`/v1/applications/${paid}`);
    return (applicant as Fields)['mobileMasked'];
  }
});
