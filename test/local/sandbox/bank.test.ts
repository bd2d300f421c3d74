import { mkdtempSync, rmSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { accountScenarios, passesCnaps, passesLuhn } from '#local/sandbox/magic.ts';
import { startSandbox, until } from './sandbox-server.ts';
import type { SandboxServer } from './sandbox-server.ts';
import type { SandboxOptions } from '#local/sandbox/sandbox.ts';

const servers: SandboxServer[] = [];
const folders: string[] = [];

async function bank(options: Partial<SandboxOptions> = {}): Promise<SandboxServer> {
  const server = await startSandbox(options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function instruction(change: { reference?: string; amountFen?: number; account?: string } = {}) {
  return {
    reference: change.reference ?? 'REF1',
    amountFen: change.amountFen ?? 30_000_00,
    payee: {
      name: '测试甲',
      accountNumber: change.account ?? '6200000000000005',
      bankCode: '999000000014',
    },
    remark: 'loan',
  };
}

/** A test number of the bank with its Luhn digits made right. */
function account(suffix: string): string {
  for (let n = 0; n < 10; n += 1) {
    const candidate = `629999000${n}00${suffix}`;
    if (passesLuhn(candidate)) return candidate;
  }
  throw new Error('no such number');
}

describe('BankSimulator', () => {
  it('pays once and answers a repeated reference with the first outcome', async () => {
    const { call, sandbox } = await bank();
    const first = await call('POST', '/bank/payouts', instruction());
    const second = await call('POST', '/bank/payouts', instruction());
    expect(first).toMatchObject({ status: 200, body: { status: 'Paid', amountFen: 30_000_00 } });
    expect(second).toEqual(first);
    expect(sandbox.bankBooks().totals).toEqual({
      payouts: 1,
      payments: 1,
      paidFen: 30_000_00,
      paidTwice: 0,
    });
  });

  it('pays a repeated reference again when it cannot recognise one', async () => {
    const { call, sandbox } = await bank({ bank: { supportsReferenceDedup: false } });
    await call('POST', '/bank/payouts', instruction());
    await call('POST', '/bank/payouts', instruction());
    expect(sandbox.bankBooks()).toMatchObject({
      payouts: [{ reference: 'REF1', count: 2 }],
      totals: { payments: 2, paidFen: 60_000_00, paidTwice: 1 },
    });
  });

  it('refuses to carry another instruction under a known reference', async () => {
    const { call } = await bank();
    await call('POST', '/bank/payouts', instruction());
    const answer = await call('POST', '/bank/payouts', instruction({ amountFen: 1 }));
    expect(answer).toMatchObject({ status: 409, body: { code: 'ReferenceReused' } });
  });

  it('cannot be asked when it does not support queries', async () => {
    const { call } = await bank({ bank: { queryByReference: false } });
    expect((await call('GET', '/bank/payouts/REF1')).status).toBe(501);
  });

  it('knows a reference it was never given is final only after the cut-off', async () => {
    const { call, clock } = await bank({ bank: { settlementCutOffSeconds: 60 } });
    const first = await call('GET', '/bank/payouts/REF1');
    expect(first).toEqual({ status: 404, body: { status: 'NotFound', isFinal: false } });
    await clock.advanceTo(clock.now() + 59_000, () => Promise.resolve());
    expect((await call('GET', '/bank/payouts/REF1')).body).toMatchObject({ isFinal: false });
    await clock.advanceTo(clock.now() + 1_000, () => Promise.resolve());
    expect((await call('GET', '/bank/payouts/REF1')).body).toMatchObject({ isFinal: true });
  });

  it('drops an instruction that was on its way when the cut-off passed', async () => {
    const { call, sandbox } = await bank({ bank: { settlementCutOffSeconds: 0 } });
    sandbox.control.inject({ provider: 'bank', fault: 'Delay', delayMs: 150, times: 1 });
    const late = call('POST', '/bank/payouts', instruction());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await call('GET', '/bank/payouts/REF1')).body).toMatchObject({ isFinal: true });
    expect((await late).status).toBe(410);
    expect(sandbox.bankBooks().totals.payments).toBe(0);
    // A new attempt after the cut-off is a new instruction.
    expect((await call('POST', '/bank/payouts', instruction())).body).toMatchObject({
      status: 'Paid',
    });
  });

  it.each([
    {
      name: 'a wrong Luhn digit',
      payee: { accountNumber: '6200000000000006' },
      reason: 'AccountNumberInvalid',
    },
    { name: 'a wrong CNAPS digit', payee: { bankCode: '999000000015' }, reason: 'BankCodeInvalid' },
    {
      name: 'a closed account',
      payee: { accountNumber: account('0101') },
      reason: 'AccountClosed',
    },
    { name: 'another name', payee: { accountNumber: account('0102') }, reason: 'NameMismatch' },
    {
      name: 'a frozen account',
      payee: { accountNumber: account('0103') },
      reason: 'AccountFrozen',
    },
  ])('refuses $name and keeps refusing', async ({ payee, reason }) => {
    const { call, sandbox } = await bank();
    const order = { ...instruction(), payee: { ...instruction().payee, ...payee } };
    for (let i = 0; i < 2; i += 1)
      expect((await call('POST', '/bank/payouts', order)).body).toEqual({
        status: 'Refused',
        reason,
      });
    expect((await call('GET', '/bank/payouts/REF1')).body).toMatchObject({ isFinal: true });
    expect(sandbox.bankBooks().totals.payments).toBe(0);
  });

  it('refuses the first reference and pays the second when the account asks for it', async () => {
    const { call } = await bank();
    const number = account('0104');
    const first = await call('POST', '/bank/payouts', instruction({ account: number }));
    const second = await call(
      'POST',
      '/bank/payouts',
      instruction({ account: number, reference: 'REF2' }),
    );
    expect(first.body).toMatchObject({ status: 'Refused', reason: 'DailyLimitReached' });
    expect(second.body).toMatchObject({ status: 'Paid' });
  });

  it.each([
    { suffix: '0201', outcome: 'Paid', payments: 1 },
    { suffix: '0202', outcome: 'Refused', payments: 0 },
  ])(
    'answers Processing for …$suffix, then calls back $outcome',
    async ({ suffix, outcome, payments }) => {
      const { call, callbacks, clock, sandbox } = await bank({ bank: { processingSeconds: 60 } });
      const order = instruction({ account: account(suffix) });
      expect((await call('POST', '/bank/payouts', order)).body).toEqual({ status: 'Processing' });
      expect((await call('GET', '/bank/payouts/REF1')).body).toEqual({
        status: 'Processing',
        isFinal: false,
      });
      await clock.advanceTo(clock.now() + 60_000, () => Promise.resolve());
      await until(() => callbacks.length === 1);
      expect(JSON.parse(callbacks[0]?.rawBody ?? '')).toMatchObject({
        reference: 'REF1',
        status: outcome,
      });
      expect((await call('GET', '/bank/payouts/REF1')).body).toMatchObject({
        status: outcome,
        isFinal: true,
      });
      expect(sandbox.bankBooks().totals.payments).toBe(payments);
    },
  );

  it.each([
    { suffix: '0301', payments: 1, found: 200 },
    { suffix: '0302', payments: 0, found: 404 },
  ])(
    'cuts the connection for …$suffix after $payments payments',
    async ({ suffix, payments, found }) => {
      const { call, sandbox } = await bank();
      const order = instruction({ account: account(suffix) });
      await expect(call('POST', '/bank/payouts', order)).rejects.toThrow();
      expect(sandbox.bankBooks().totals.payments).toBe(payments);
      expect((await call('GET', '/bank/payouts/REF1')).status).toBe(found);
      expect((await call('POST', '/bank/payouts', order)).body).toMatchObject({ status: 'Paid' });
      expect(sandbox.bankBooks().totals.payments).toBe(1);
    },
  );

  it('is down twice for …0303, then pays', async () => {
    const { call } = await bank();
    const order = instruction({ account: account('0303') });
    const statuses = [];
    for (let i = 0; i < 3; i += 1)
      statuses.push((await call('POST', '/bank/payouts', order)).status);
    expect(statuses).toEqual([503, 503, 200]);
  });

  it('finds its books again after a crash, with the last torn line dropped', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'zhudai-bank-'));
    folders.push(dataDir);
    const before = await bank({ dataDir });
    await before.call('POST', '/bank/payouts', instruction());
    await before.call(
      'POST',
      '/bank/payouts',
      instruction({ reference: 'REF2', account: account('0101') }),
    );
    // No close: what an answer acknowledged is in the file already.
    appendFileSync(join(dataDir, 'bank.jsonl'), '{"type":"Instr');
    const after = await bank({ dataDir });
    expect(after.sandbox.bankBooks()).toEqual(before.sandbox.bankBooks());
    await after.call('POST', '/bank/payouts', instruction({ reference: 'REF3' }));
    const again = await bank({ dataDir });
    expect(again.sandbox.bankBooks().totals.payments).toBe(2);
  });

  it('goes on with a payment that was processing when the platform died', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'zhudai-bank-'));
    folders.push(dataDir);
    const before = await bank({ dataDir, bank: { processingSeconds: 0.1 } });
    await before.call('POST', '/bank/payouts', instruction({ account: account('0201') }));
    before.clock.stop();
    const after = await bank({ dataDir, bank: { processingSeconds: 0.1 } });
    await until(() => after.sandbox.bankBooks().totals.payments === 1);
    expect(after.sandbox.bankBooks().processing).toEqual([]);
  });

  it('keeps no name and no full account number', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'zhudai-bank-'));
    folders.push(dataDir);
    const { call } = await bank({ dataDir });
    await call('POST', '/bank/payouts', instruction());
    const books = JSON.stringify((await call('GET', '/bank/books')).body);
    expect(books).toContain('"accountLast4":"0005"');
    expect(books).not.toContain('6200000000000005');
    expect(books).not.toContain('测试甲');
  });

  it.each([
    {},
    null,
    { ...instruction(), amountFen: -1 },
    { ...instruction(), amountFen: 1.5 },
    'x',
  ])('answers 400 to %j', async (body) => {
    const { call, sandbox } = await bank();
    expect((await call('POST', '/bank/payouts', body)).status).toBe(400);
    expect(sandbox.bankBooks().totals.payments).toBe(0);
  });
});

describe('magic numbers', () => {
  it.each(Object.keys(accountScenarios))('has a card number for …%s', (suffix) => {
    expect(passesLuhn(account(suffix))).toBe(true);
  });

  it.each([
    { code: '102100099996', isRight: true },
    { code: '308584000013', isRight: true },
    { code: '999000000014', isRight: true },
    { code: '999000000013', isRight: false },
    { code: '99900000001', isRight: false },
  ])('says CNAPS $code is right: $isRight', ({ code, isRight }) => {
    expect(passesCnaps(code)).toBe(isRight);
  });
});
