import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeDirectRequests } from '#local/direct-requests.ts';
import { exchangeWith, routeFetches } from '#local/hosting/direct-http.ts';
import { runAsFunction, runningFunction } from '#local/hosting/function-environment.ts';
import { closeServer, listen, type Handle } from '#local/hosting/listen.ts';
import { readBody } from '#local/hosting/request-body.ts';
import { sendRaw } from '#local/sandbox/http-json.ts';

let server: Server;
let origin: string;
let way = '';
let closed = 0;

/** Tells what it was asked, and does what the path says. */
const handle: Handle = (request, response) => {
  way = request.socket.localPort === undefined ? 'direct' : 'network';
  response.once('close', () => {
    closed += 1;
  });
  void readBody(request, 10_000).then((body) => {
    const { method, url = '', headers } = request;
    if (url.startsWith('/cut')) response.destroy();
    else if (url.startsWith('/silence')) return;
    else if (url.startsWith('/nothing')) response.writeHead(204).end();
    else if (url.startsWith('/large')) response.writeHead(body ? 200 : 413).end();
    else {
      const { accept, authorization } = headers;
      const length = headers['content-length'];
      const asked = { method, url, accept, authorization, length, body: String(body) };
      const text = JSON.stringify({ asked, as: runningFunction() ?? 'nobody' });
      response.setHeader('x-served', 'yes');
      response.writeHead(201, { 'content-type': 'application/json' }).end(text);
    }
  });
};

beforeAll(async () => {
  const listening = await listen(0, handle);
  server = listening.server;
  origin = `http://127.0.0.1:${listening.port}`;
  routeFetches();
});

afterAll(() => closeServer(server));

/** Once over the network and once directly. */
async function bothWays<Answer>(ask: () => Promise<Answer>): Promise<[Answer, Answer]> {
  const overNetwork = await ask();
  expect(way).toBe('network');
  const stop = routeDirectRequests(origin, exchangeWith(handle));
  try {
    const direct = await ask();
    expect(way).toBe('direct');
    return [overNetwork, direct];
  } finally {
    stop();
  }
}

const headers = { authorization: 'Bearer key', accept: 'application/json' };

describe('fetch to a server of this process', () => {
  it.each([
    ['/echo?a=1&b=%20', { method: 'GET', headers }],
    ['/echo', { method: 'POST', headers, body: '{"name":"中文"}' }],
    ['/echo', { method: 'POST', headers, body: null }],
    ['/nothing', { method: 'POST', headers, body: 'x' }],
    ['/large', { method: 'POST', headers, body: 'x'.repeat(20_000) }],
  ] as const)('is answered alike without a network: %s %j', async (path, init) => {
    const [overNetwork, direct] = await bothWays(async () => {
      const answer = await fetch(`${origin}${path}`, init);
      const { status, headers: given } = answer;
      const named = ['content-type', 'x-served'].map((name) => given.get(name));
      return { status, named, text: await answer.text() };
    });
    expect({ ...direct, text: direct.text.replace('"length":"0",', '') }).toEqual({
      ...overNetwork,
      text: overNetwork.text.replace('"length":"0",', ''),
    });
  });

  it('fails alike where the line is cut', async () => {
    const [overNetwork, direct] = await bothWays(() =>
      fetch(`${origin}/cut`).then(
        () => 'answered',
        (error: unknown) => (error as Error).name,
      ),
    );
    expect([overNetwork, direct]).toEqual(['TypeError', 'TypeError']);
  });

  it('waits no longer than it says', async () => {
    const [overNetwork, direct] = await bothWays(() =>
      fetch(`${origin}/silence`, { signal: AbortSignal.timeout(50) }).then(
        () => 'answered',
        (error: unknown) => (error as Error).name,
      ),
    );
    expect([overNetwork, direct]).toEqual(['TimeoutError', 'TimeoutError']);
  });

  it('is a stranger there, whichever function asks', async () => {
    const scope = { name: 'asker', environment: {}, log: () => undefined };
    const [overNetwork, direct] = await bothWays(() =>
      runAsFunction(scope, async () => {
        const answer = await fetch(`${origin}/echo`, { headers });
        const { as } = (await answer.json()) as { as: string };
        return { as, me: runningFunction() };
      }),
    );
    expect(direct).toEqual({ as: 'nobody', me: 'asker' });
    expect(overNetwork).toEqual(direct);
  });
});

describe('the sandbox to its platform', () => {
  it('is answered alike without a network', async () => {
    const request = { method: 'POST', url: `${origin}/echo`, headers, body: '{"a":1}' };
    const [overNetwork, direct] = await bothWays(() => sendRaw(request));
    expect([direct.status, direct.text]).toEqual([overNetwork.status, overNetwork.text]);
    expect(direct.headers['x-served']).toBe('yes');
  });

  it('gives up after its time', async () => {
    const [overNetwork, direct] = await bothWays(() =>
      sendRaw({ method: 'GET', url: `${origin}/silence`, timeoutMs: 50 }).then(
        () => 'answered',
        (error: unknown) => (error as Error).message,
      ),
    );
    expect([overNetwork, direct]).toEqual(Array(2).fill(`no answer from ${origin}/silence`));
  });
});

it('tells its handlers that an answer has gone', async () => {
  const stop = routeDirectRequests(origin, exchangeWith(handle));
  const before = closed;
  await fetch(`${origin}/echo`, { headers });
  await fetch(`${origin}/cut`).catch(() => undefined);
  stop();
  expect(closed).toBe(before + 2);
});
