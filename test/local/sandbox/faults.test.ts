import { afterEach, describe, expect, it } from 'vitest';
import { FaultBoard } from '#local/sandbox/faults.ts';
import { startSandbox } from './sandbox-server.ts';
import type { SandboxServer } from './sandbox-server.ts';

const servers: SandboxServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function sandbox(): Promise<SandboxServer> {
  const server = await startSandbox();
  servers.push(server);
  return server;
}

const payout = {
  reference: 'REF1',
  amountFen: 100,
  payee: { name: '测试甲', accountNumber: '6200000000000005', bankCode: '999000000014' },
  remark: '',
};

describe('FaultBoard', () => {
  it('strikes the same requests for the same seed and others for another', () => {
    const pattern = (seed: number) => {
      const board = new FaultBoard();
      board.inject({ provider: 'bank', fault: 'Fail', probability: 0.5, seed });
      return Array.from({ length: 40 }, () =>
        board.strike('bank', 'Request', () => '') ? '1' : '0',
      ).join('');
    };
    expect(pattern(7)).toBe(pattern(7));
    expect(pattern(7)).not.toBe(pattern(8));
    expect(pattern(7)).toMatch(/1/);
    expect(pattern(7)).toMatch(/0/);
  });

  it('strikes only as often as it was told', () => {
    const board = new FaultBoard();
    board.inject({ provider: '*', fault: 'Fail', times: 2 });
    const strikes = Array.from({ length: 4 }, () => board.strike('sms', 'Request', () => ''));
    expect(strikes.map((strike) => strike?.kind)).toEqual(['Fail', 'Fail', undefined, undefined]);
  });

  it('strikes only what matches, where it was told and whom', () => {
    const board = new FaultBoard();
    board.inject({ provider: 'bank', fault: 'Fail', match: 'REF2', on: 'Callback' });
    expect(board.strike('bank', 'Callback', () => 'REF1')).toBeUndefined();
    expect(board.strike('bank', 'Request', () => 'REF2')).toBeUndefined();
    expect(board.strike('sms', 'Callback', () => 'REF2')).toBeUndefined();
    expect(board.strike('bank', 'Callback', () => 'REF2')?.kind).toBe('Fail');
  });

  it('heals one fault, one provider or all', () => {
    const board = new FaultBoard();
    const { faultId } = board.inject({ provider: 'bank', fault: 'Fail' });
    board.inject({ provider: 'bank', fault: 'Delay' });
    board.inject({ provider: 'sms', fault: 'Fail' });
    board.inject({ provider: 'sms', fault: 'Fail' });
    expect(board.heal({ faultId })).toBe(1);
    expect(board.heal({ provider: 'bank' })).toBe(1);
    expect(board.heal()).toBe(2);
    expect(board.list()).toEqual([]);
  });
});

describe('fault control over HTTP', () => {
  it('shows what stands and how often it struck, and heals', async () => {
    const { call } = await sandbox();
    const made = await call('POST', '/control', { provider: 'bank', fault: 'Fail' });
    expect(made).toEqual({ status: 201, body: { faultId: 'fault_1' } });
    expect((await call('POST', '/bank/payouts', payout)).status).toBe(503);
    expect((await call('GET', '/control')).body).toMatchObject({
      faults: [{ faultId: 'fault_1', provider: 'bank', fault: 'Fail', strikes: 1 }],
    });
    expect((await call('DELETE', '/control?provider=bank')).body).toEqual({ healed: 1 });
    expect((await call('POST', '/bank/payouts', payout)).body).toMatchObject({ status: 'Paid' });
  });

  it.each([
    { provider: 'nobody', fault: 'Fail' },
    { provider: 'bank', fault: 'Explode' },
    { provider: 'bank', fault: 'Fail', probability: 2 },
    { provider: 'bank', fault: 'Fail', unknown: true },
    null,
  ])('answers 400 to %j', async (order) => {
    const { call } = await sandbox();
    expect((await call('POST', '/control', order)).status).toBe(400);
  });

  it('takes no order that a web form could send', async () => {
    const { url } = await sandbox();
    const answer = await fetch(`${url}/sandbox/control`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ provider: 'bank', fault: 'Fail' }),
    });
    expect(answer.status).toBe(415);
  });

  it.each([
    { fault: 'Fail', payments: 0 },
    { fault: 'LoseAnswer', payments: 1 },
    { fault: 'Duplicate', payments: 1 },
    { fault: 'Delay', delayMs: 30, payments: 1 },
    { fault: 'Reorder', payments: 1 },
    { fault: 'Garbage', payments: 1 },
  ] as const)('makes $payments payments under $fault', async ({ payments, ...order }) => {
    const { call, sandbox: running } = await sandbox();
    running.control.inject({ provider: 'bank', ...order });
    await call('POST', '/bank/payouts', payout).catch(() => undefined);
    expect(running.bankBooks().totals.payments).toBe(payments);
  });

  it.each([
    { performs: true, payments: 1 },
    { performs: false, payments: 0 },
  ])('falls silent, having paid: $performs', async ({ performs, payments }) => {
    const { call, sandbox: running } = await sandbox();
    running.control.inject({ provider: 'bank', fault: 'Stall', performs, delayMs: 60 });
    await expect(call('POST', '/bank/payouts', payout)).rejects.toThrow();
    expect(running.bankBooks().totals.payments).toBe(payments);
  });

  it('pays late although the caller hung up', async () => {
    const { url, sandbox: running } = await sandbox();
    running.control.inject({ provider: 'bank', fault: 'Delay', delayMs: 120 });
    const gone = fetch(`${url}/sandbox/bank/payouts`, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox-test-key', 'content-type': 'application/json' },
      body: JSON.stringify(payout),
      signal: AbortSignal.timeout(40),
    });
    await expect(gone).rejects.toThrow();
    expect(running.bankBooks().totals.payments).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(running.bankBooks().totals.payments).toBe(1);
  });
});
