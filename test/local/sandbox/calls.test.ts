import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpVoiceCaller } from '#platform/providers/voice-caller.ts';
import { apiKey, startSandbox, type SandboxServer } from './sandbox-server.ts';

let server: SandboxServer;
beforeEach(async () => {
  server = await startSandbox();
});
afterEach(async () => {
  await server.close();
});

const voice = () =>
  new HttpVoiceCaller(() => Promise.resolve({ url: `${server.url}/sandbox/sms`, apiKey }), 2_000);
const request = {
  to: '19900000001',
  script: 'robot-reminder',
  parameters: { institution: '筑贷' },
  reference: 'contact_1',
  mode: 'Notify',
} as const;

interface Books {
  readonly messages: readonly { reference: string; to: string; channel: string }[];
  readonly totals: { readonly count: number };
}
const books = async () => (await server.call('GET', '/sms/books')).body as Books;

describe('calls by robots', () => {
  it.each([
    ['19900000001', 'Notify', 'Answered'],
    ['19900000001', 'Converse', 'Completed'],
    ['19900000007', 'Notify', 'NoAnswer'],
    ['19900000008', 'Converse', 'Busy'],
    ['19900000009', 'Notify', 'InvalidNumber'],
  ] as const)('to %s to %s come out as %s', async (to, mode, outcome) => {
    expect(await voice().call({ ...request, to, mode })).toMatchObject({ outcome });
  });

  it('are one call for one reference, whatever is lost on the way', async () => {
    const first = await voice().call(request);
    server.sandbox.control.inject({ provider: 'sms', fault: 'LoseAnswer', times: 1 });
    await expect(voice().call({ ...request, reference: 'contact_2' })).rejects.toMatchObject({
      name: 'Unavailable',
    });
    await voice().call({ ...request, reference: 'contact_2' });
    expect(await voice().call(request)).toEqual(first);
    expect((await books()).totals.count).toBe(2);
  });

  it('stand in the books with a masked number', async () => {
    await voice().call(request);
    expect((await books()).messages).toMatchObject([
      { reference: 'contact_1', to: '199****0001', channel: 'Voice' },
    ]);
  });

  it.each([
    ['no number', { ...request, to: 'somebody' }],
    ['no script', { ...request, script: '' }],
    ['an unknown mode', { ...request, mode: 'Shout' }],
  ])('are refused with %s and not made', async (_name, body) => {
    expect((await server.call('POST', '/sms/calls', body)).status).toBe(400);
    expect((await books()).totals.count).toBe(0);
  });
});
