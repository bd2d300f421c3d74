import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { withIdCheckDigit } from '#local/sandbox/magic.ts';
import type { SandboxOptions } from '#local/sandbox/sandbox.ts';
import { callbackSecret, startSandbox, until } from './sandbox-server.ts';
import type { ReceivedCallback, SandboxServer } from './sandbox-server.ts';

const servers: SandboxServer[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function sandbox(options: Partial<SandboxOptions> = {}): Promise<SandboxServer> {
  const server = await startSandbox(options);
  servers.push(server);
  return server;
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'zhudai-signature-'));
  folders.push(made);
  return made;
}

const documentSha256 = 'ab'.repeat(32);

function requestFor(scenario: string, reference = 'app_1') {
  return {
    reference,
    applicationId: reference,
    documentSha256,
    documentKey: 'contracts/1.pdf',
    signer: {
      name: '测试甲',
      idNumber: withIdCheckDigit(`99000019900101${scenario}`),
      mobile: '19900000000',
    },
  };
}

function verified(callback: ReceivedCallback | undefined): unknown {
  if (callback === undefined) throw new Error('no callback came');
  return new Webhook(callbackSecret).verify(callback.rawBody, callback.headers);
}

describe('SignatureSimulator', () => {
  it('calls back, signed, with the digest of what was signed and a label that denies reliability', async () => {
    const { call, callbacks } = await sandbox();
    const answer = await call('POST', '/signature/requests', requestFor('000'));
    expect(answer.body).toMatchObject({ label: 'not a reliable signature; sandbox only' });
    await until(() => callbacks.length === 1);
    expect(callbacks[0]?.path).toBe('/callbacks/signatures');
    expect(verified(callbacks[0])).toMatchObject({
      type: 'SignatureCompleted',
      reference: 'app_1',
      documentSha256,
      certificateAuthority: expect.stringContaining('not a reliable signature') as string,
    });
  });

  it('is idempotent by reference and refuses another document under it', async () => {
    const { call, sandbox: running } = await sandbox();
    const first = await call('POST', '/signature/requests', requestFor('000'));
    expect(await call('POST', '/signature/requests', requestFor('000'))).toEqual(first);
    const other = { ...requestFor('000'), documentSha256: 'cd'.repeat(32) };
    expect((await call('POST', '/signature/requests', other)).status).toBe(409);
    expect(running.books()['signature']).toMatchObject({ totals: { requested: 1 } });
  });

  it('repeats the callback with the same id until the platform says 2xx', async () => {
    const { call, callbacks, callbackAnswers } = await sandbox();
    callbackAnswers.push(500, 503);
    await call('POST', '/signature/requests', requestFor('000'));
    await until(() => callbacks.length === 3);
    const ids = new Set(callbacks.map(({ headers }) => headers['webhook-id']));
    expect(ids.size).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(callbacks).toHaveLength(3);
  });

  it.each([
    { scenario: '401', types: ['SignatureDeclined'] },
    { scenario: '402', types: [] },
    { scenario: '407', types: ['SignatureCompleted'] },
    { scenario: '403', types: ['SignatureCompleted', 'SignatureCompleted'] },
  ])('calls back $types for …$scenario', async ({ scenario, types }) => {
    const { call, callbacks } = await sandbox();
    await call('POST', '/signature/requests', requestFor(scenario));
    await until(() => callbacks.length >= types.length);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(callbacks.map((callback) => (verified(callback) as { type: string }).type)).toEqual(
      types,
    );
  });

  it('signs another document for …404', async () => {
    const { call, callbacks } = await sandbox();
    await call('POST', '/signature/requests', requestFor('404'));
    await until(() => callbacks.length === 1);
    expect(verified(callbacks[0])).toMatchObject({ documentSha256: '0'.repeat(64) });
  });

  it('sends a forged callback beside the honest one for …405', async () => {
    const { call, callbacks } = await sandbox();
    await call('POST', '/signature/requests', requestFor('405'));
    await until(() => callbacks.length === 2);
    const honest = callbacks.filter((callback) => {
      try {
        return verified(callback) !== undefined;
      } catch {
        return false;
      }
    });
    expect(honest).toHaveLength(1);
  });

  it('waits an hour of the platform clock for …406', async () => {
    const { call, callbacks, clock } = await sandbox();
    await call('POST', '/signature/requests', requestFor('406'));
    await clock.advanceTo(clock.now() + 3_590_000, () => Promise.resolve());
    expect(callbacks).toHaveLength(0);
    await clock.advanceTo(clock.now() + 11_000, () => Promise.resolve());
    await until(() => callbacks.length === 1);
  });

  it('leaves it to a person when the borrower is manual', async () => {
    const { call, callbacks } = await sandbox({ manualBorrower: true });
    const { body } = await call('POST', '/signature/requests', requestFor('000'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(callbacks).toHaveLength(0);
    const { requestId } = body as { requestId: string };
    expect((await call('POST', `/signature/requests/${requestId}/sign`)).body).toMatchObject({
      status: 'Signed',
    });
    await until(() => callbacks.length === 1);
  });

  it('calls back after a restart what was signed but never delivered', async () => {
    const dataDir = folder();
    const before = await sandbox({ dataDir });
    before.callbackAnswers.push(...Array.from({ length: 50 }, () => 500));
    await before.call('POST', '/signature/requests', requestFor('000'));
    await until(() => before.callbacks.length > 0);
    before.sandbox.close();
    const after = await sandbox({ dataDir });
    await until(() => after.callbacks.length === 1);
    expect(verified(after.callbacks[0])).toMatchObject({ type: 'SignatureCompleted' });
    await until(() =>
      JSON.stringify(after.sandbox.books()['signature']).includes('"isDelivered":true'),
    );
    const third = await sandbox({ dataDir });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(third.callbacks).toHaveLength(0);
  });

  it.each([
    { fault: 'Duplicate', atLeast: 2 },
    { fault: 'LoseAnswer', atLeast: 2 },
    { fault: 'Fail', atLeast: 1 },
    { fault: 'Reorder', atLeast: 1 },
    { fault: 'Delay', delayMs: 20, atLeast: 1 },
  ] as const)(
    'delivers at least $atLeast times under $fault of the callback',
    async ({ atLeast, ...fault }) => {
      const { call, callbacks, sandbox: running } = await sandbox();
      running.control.inject({ provider: 'signature', on: 'Callback', times: 1, ...fault });
      await call('POST', '/signature/requests', requestFor('000'));
      await until(() => callbacks.length >= atLeast);
      await until(() =>
        JSON.stringify(running.books()['signature']).includes('"isDelivered":true'),
      );
    },
  );
});
