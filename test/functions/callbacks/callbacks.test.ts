import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { loanIdOf, payoutRefOf } from '#domain/shared/ids.ts';
import { callbackRoute, type Received } from '#functions/callbacks/callback-route.ts';
import { runPayoutCallback } from '#functions/callbacks/payout-callback.ts';
import {
  runSignatureCallback,
  SignatureCallback,
} from '#functions/callbacks/signature-callback.ts';
import { goodApplicant, OriginationWorld } from '#test/functions/origination/origination-world.ts';
import { invoke } from '#test/support/invoke.ts';

const secret = `whsec_${Buffer.from('callback secret').toString('base64')}`;
const former = `whsec_${Buffer.from('secret before').toString('base64')}`;
const body = '{"reference":"r-1"}';

function route(run: () => Promise<Received>) {
  return callbackRoute({
    body: z.object({ reference: z.string() }),
    dependencies: () => ({}),
    run,
    secrets: () => Promise.resolve([secret, former]),
  });
}

function signed(text: string, change: { at?: Date; by?: string; id?: string } = {}) {
  const { at = new Date(), by = secret, id = 'msg_1' } = change;
  return {
    'Webhook-Id': id,
    'Webhook-Timestamp': String(Math.floor(at.getTime() / 1000)),
    'Webhook-Signature': new Webhook(by).sign(id, at, text),
  };
}

const seconds = (count: number): Date => new Date(Date.now() + count * 1000);
const impostor = `whsec_${Buffer.from('another secret').toString('base64')}`;

describe('callbackRoute', () => {
  const accept = route(() => Promise.resolve('Accepted'));

  it.each([
    { what: 'an honest callback', headers: signed(body), status: 200 },
    { what: 'one of four minutes ago', headers: signed(body, { at: seconds(-290) }), status: 200 },
    { what: 'one of six minutes ago', headers: signed(body, { at: seconds(-310) }), status: 401 },
    { what: 'one from the future', headers: signed(body, { at: seconds(310) }), status: 401 },
    { what: 'the secret before', headers: signed(body, { by: former }), status: 200 },
    { what: 'an impostor', headers: signed(body, { by: impostor }), status: 401 },
    { what: 'a changed body', headers: signed('{"reference":"r-2"}'), status: 401 },
    { what: 'no headers at all', headers: {}, status: 401 },
    { what: 'a foreign id', headers: { ...signed(body), 'Webhook-Id': 'msg_2' }, status: 401 },
    {
      what: 'two signatures, one of them ours',
      headers: {
        ...signed(body),
        'Webhook-Signature': `v1,${'A'.repeat(43)}= ${signed(body)['Webhook-Signature']}`,
      },
      status: 200,
    },
  ])('answers $what with $status', async ({ headers, status }) => {
    expect((await invoke(accept, { headers, body })).statusCode).toBe(status);
  });

  it('reads the raw bytes when the gateway sends them as base64', async () => {
    const event = {
      headers: signed(body),
      body: Buffer.from(body).toString('base64'),
      isBase64Encoded: true,
    };
    expect((await invoke(accept, event)).statusCode).toBe(200);
  });

  it.each(['not json', '{"reference":1}', '[]', 'null', ''])(
    'refuses %j although it is signed',
    async (text) => {
      expect((await invoke(accept, { headers: signed(text), body: text })).statusCode).toBe(400);
    },
  );

  it('refuses what is too long before it checks anything', async () => {
    const long = JSON.stringify({ reference: 'x'.repeat(70_000) });
    expect((await invoke(accept, { headers: signed(long), body: long })).statusCode).toBe(413);
  });

  it.each([
    { received: 'Unknown' as const, status: 404 },
    { received: 'TooEarly' as const, status: 503 },
  ])('answers $received with $status', async ({ received, status }) => {
    const handler = route(() => Promise.resolve(received));
    expect((await invoke(handler, { headers: signed(body), body })).statusCode).toBe(status);
  });

  it('tells nothing of a bug', async () => {
    const handler = route(() => Promise.reject(new Error('secret detail')));
    const answer = await invoke(handler, { headers: signed(body), body });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret detail');
  });
});

describe('callbacks about an application', () => {
  let world: OriginationWorld;
  beforeEach(async () => {
    world = await OriginationWorld.start();
  });
  afterEach(() => {
    world.stop();
  });

  it('does not know an application, a request or a reference that is not there', async () => {
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.askForSignature(applicationId);
    const callback = await world.signatureCallback(applicationId);
    const strange = { ...callback, reference: `app_${'0'.repeat(26)}` };
    expect(await runSignatureCallback(strange, world.dependencies())).toBe('Unknown');
    const other = { ...callback, requestId: 'sig-2' };
    expect(await runSignatureCallback(other, world.dependencies())).toBe('Unknown');
    const named = SignatureCallback.parse({ ...callback, reference: `${applicationId}-0a1b` });
    expect(named.reference).toBe(applicationId);
    expect(SignatureCallback.safeParse({ ...callback, reference: 'paper-1' }).success).toBe(false);
    const payout = { status: 'Processing' as const, reference: 'R' };
    expect(await runPayoutCallback(payout, world.dependencies())).toBe('Unknown');
  });

  it('asks for it again when the request is not on record yet', async () => {
    const applicationId = await world.apply({ applicant: goodApplicant });
    const callback = await world.signatureCallback(applicationId);
    expect(await runSignatureCallback(callback, world.dependencies())).toBe('TooEarly');
  });

  it('wakes the workflow once however often and however closely it is told', async () => {
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.askForSignature(applicationId);
    const callback = await world.signatureCallback(applicationId);
    const answers = await Promise.all(
      [1, 2, 3].map(() => runSignatureCallback(callback, world.dependencies())),
    );
    await world.settle();
    expect(answers).toEqual(['Accepted', 'Accepted', 'Accepted']);
    expect(await runSignatureCallback(callback, world.dependencies())).toBe('Accepted');
    expect((await world.application(applicationId)).status).toBe('Disbursed');
    expect(world.payments).toHaveLength(1);
  });

  it('wakes the workflow by the repeat when the first died after its decision', async () => {
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.askForSignature(applicationId);
    const callback = await world.signatureCallback(applicationId);
    const key = Symbol.for('zhudai.crashPoint');
    Reflect.set(globalThis, key, (name: string) => {
      if (name === 'signature.after-decision') throw new Error('killed');
    });
    await expect(runSignatureCallback(callback, world.dependencies())).rejects.toThrow('killed');
    Reflect.deleteProperty(globalThis, key);
    await world.settle();
    expect((await world.application(applicationId)).status).toBe('Signed');
    expect(await runSignatureCallback(callback, world.dependencies())).toBe('Accepted');
    await world.settle();
    expect((await world.application(applicationId)).status).toBe('Disbursed');
  });

  it('settles a payment in process by the report of the bank', async () => {
    world.outside.pay = () => Promise.resolve({ status: 'Processing' });
    world.outside.queryBank = () => Promise.resolve({ status: 'Processing', isFinal: false });
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.sign(applicationId);
    const reference = payoutRefOf(loanIdOf(applicationId), 1);
    const paid = {
      status: 'Paid' as const,
      reference,
      bankReference: 'BK1',
      amountFen: 30_000_00,
      valueDate: '2026-11-25',
    };
    expect(await runPayoutCallback(paid, world.dependencies())).toBe('Accepted');
    expect(await runPayoutCallback(paid, world.dependencies())).toBe('Accepted');
    expect(await world.money.find(loanIdOf(applicationId))).toMatchObject({
      status: 'Active',
      disbursedOn: '2026-11-25',
    });
    expect(await world.money.listEntries(loanIdOf(applicationId))).toHaveLength(1);
  });

  it('puts on record what contradicts the books, and changes nothing', async () => {
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.sign(applicationId);
    const reference = payoutRefOf(loanIdOf(applicationId), 1);
    const refused = { status: 'Refused' as const, reference, reason: 'AccountClosed' };
    expect(await runPayoutCallback(refused, world.dependencies())).toBe('Accepted');
    expect(await runPayoutCallback(refused, world.dependencies())).toBe('Accepted');
    expect(await world.money.findPayout(reference)).toMatchObject({
      state: 'Paid',
      event: { type: 'PayoutContradicted' },
    });
  });
});
