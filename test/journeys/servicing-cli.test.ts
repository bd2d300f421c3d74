import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';

const bin = join(import.meta.dirname, '../../local/cli/zhudai.ts');
let platform: PlatformProcess;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-servicing-'));
  const flags = ['--empty', '--auto-operate', '--memory'];
  platform = await startPlatformProcess({ flags, dataDir });
}, 300_000);

afterAll(async () => {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

interface Said {
  readonly code: number;
  readonly text: string;
}

function say(...words: string[]): Promise<Said> {
  const flags = ['--url', platform.baseUrl, '--data', dataDir];
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...words, ...flags], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr });
    });
  });
}

/** The answer in JSON; whatever goes wrong fails the test with what the command said. */
async function ask<Answer = Record<string, unknown>>(...words: string[]): Promise<Answer> {
  const { code, text } = await say(...words, '--json');
  if (code !== 0) throw new Error(`zhudai ${words.join(' ')}: ${text}`);
  return JSON.parse(text) as Answer;
}

async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  const deadline = performance.now() + 180_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error('it did not come to pass in time');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Who asked may not agree: a task is decided with the token of somebody else. */
async function agree(requested: Said): Promise<Said> {
  const taskId = /task_[0-9A-Z]+/.exec(requested.text)?.[0] ?? '';
  const answer = await fetch(`${platform.baseUrl}/sandbox/oidc/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operatorId: 'supervisor' }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return say('tasks', 'decide', taskId, 'Approve', '--operator-token', token);
}

async function paidOutLoan(number: number): Promise<string> {
  const file = join(dataDir, `application-${number}.json`);
  await writeFile(file, JSON.stringify(syntheticApplication('servicing-cli', number)));
  const { applicationId } = await ask<{ applicationId: string }>('apply', file);
  return until(async () => {
    const { status, loanId } = await ask<{ status: string; loanId?: string }>(
      'status',
      applicationId,
    );
    return status === 'Disbursed' ? loanId : undefined;
  });
}

interface Loan {
  readonly status: string;
  readonly account: {
    readonly outstandingPrincipalFen: number;
    readonly creditFen: number;
    readonly nextDue: { readonly dueOn: string; readonly openFen: number };
  };
}

describe('a loan served from the command line', () => {
  let loanId = '';

  beforeAll(async () => {
    loanId = await paidOutLoan(1);
  }, 300_000);

  it('takes a payment, gives it back to suspense, and takes it from there again', async () => {
    const before = await ask<Loan>('loan', loanId);
    const { payment } = await ask<{ payment: { paymentId: string } }>(
      'pay',
      loanId,
      '--amount-fen',
      '150000',
    );
    expect((await ask<Loan>('loan', loanId)).account).not.toEqual(before.account);
    await ask('reverse', loanId, payment.paymentId, '--reason', 'another borrower paid it');
    expect((await ask<Loan>('loan', loanId)).account).toEqual(before.account);
    const [receipt] = await ask<{ receiptId: string; amountFen: number }[]>('receipts', 'list');
    expect(receipt?.amountFen).toBe(150_000);
    expect((await say('receipts', 'list')).text).toContain('¥1,500.00');
    expect((await say('receipts', 'assign', receipt?.receiptId ?? '', loanId)).code).toBe(0);
    expect(await ask('receipts', 'list')).toEqual([]);
    expect((await ask<Loan>('loan', loanId)).account).not.toEqual(before.account);
  }, 300_000);

  it('gets another plan when a second person agreed and the borrower read what it costs', async () => {
    const asked = ['restructuring', 'ask', loanId, '--reason', 'lost a contract'];
    expect(await say(...asked)).toMatchObject({
      code: 1,
      text: expect.stringContaining('plan: name moreInstallments') as string,
    });
    const request = await say(...asked, '--more-installments', '6');
    expect(request.text).toContain('zhudai tasks decide task_');
    expect((await agree(request)).text).toContain('is Decided');
    await until(async () => {
      const { code } = await say('restructuring', 'offer', loanId);
      return code === 0 ? true : undefined;
    });
    const offer = await say('restructuring', 'offer', loanId);
    expect(offer.text).toMatch(/matures on +\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d/);
    const shown = ['--shown-at', new Date(Date.now() - 60_000).toISOString()];
    const confirm = ['restructuring', 'confirm', loanId, ...shown, '--read-seconds'];
    expect(await say(...confirm, '1')).toMatchObject({ code: 1 });
    expect(await ask(...confirm, '30')).toMatchObject({ loanId, scheduleVersion: 2 });
    expect((await say('restructuring', 'offer', loanId)).code).toBe(1);
  }, 300_000);

  it('is closed day by day, reminded of, and every notice can be looked at', async () => {
    await ask('advance', '5d');
    const days = await ask<{ businessDate: string; status: string }[]>('days', 'list');
    expect(days.length).toBeGreaterThanOrEqual(5);
    expect([...new Set(days.map(({ status }) => status))]).toEqual(['Closed']);
    expect((await say('days', 'parked')).text).toContain('no loan is parked');
    expect((await say('days', 'release', loanId)).code).toBe(1);
    const notices = await until(async () => {
      const rows = await ask<{ noticeId: string; status: string }[]>('notices', 'list', loanId);
      return rows.some(({ status }) => status === 'Delivered') ? rows : undefined;
    });
    const arrived = notices.find(({ status }) => status === 'Delivered')?.noticeId ?? '';
    expect((await say('notices', 'resend', loanId, arrived)).code).toBe(1);
  }, 300_000);

  it('gives back what was paid too much', async () => {
    const { totalFen } = await ask<{ totalFen: number }>('payoff', loanId);
    await ask('pay', loanId, '--amount-fen', String(totalFen + 12_345));
    expect(await ask<Loan>('loan', loanId)).toMatchObject({
      status: 'Settled',
      account: { creditFen: 12_345 },
    });
    const refund = ['refund', loanId, '--reason', 'overpaid', '--amount-fen'];
    expect((await say(...refund, '12346')).code).toBe(1);
    expect((await say(...refund, '12345')).code).toBe(0);
    await until(async () => {
      const { account } = await ask<Loan>('loan', loanId);
      return account.creditFen === 0 ? true : undefined;
    });
  }, 300_000);

  it('is given up by two people, and the books agree in the end', async () => {
    const lost = await paidOutLoan(2);
    const asked = await say('write-off', lost, '--reason', 'the borrower died');
    expect(asked.text).toContain('waits for a second person');
    const taskId = /task_[0-9A-Z]+/.exec(asked.text)?.[0] ?? '';
    expect((await say('tasks', 'decide', taskId, 'Approve')).code).toBe(1);
    expect((await agree(asked)).code).toBe(0);
    await until(async () => {
      const { status } = await ask<Loan>('loan', lost);
      return status === 'WrittenOff' ? true : undefined;
    });
    expect(await ask('audit')).toMatchObject({ findings: [] });
  }, 300_000);
});
