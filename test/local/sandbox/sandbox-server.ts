import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MovableClock } from '#local/clock.ts';
import { createSandbox } from '#local/sandbox/sandbox.ts';
import type { Sandbox, SandboxOptions } from '#local/sandbox/sandbox.ts';

export const apiKey = 'sandbox-test-key';
export const callbackSecret = Buffer.alloc(24, 5).toString('base64');

export interface ReceivedCallback {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly rawBody: string;
}

/** The sandbox on a server of its own, with a platform beside it that only receives callbacks. */
export interface SandboxServer {
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly clock: MovableClock;
  readonly callbacks: ReceivedCallback[];
  /** What the platform answers to the next callbacks; 204 when the list is empty. */
  readonly callbackAnswers: number[];
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ status: number; body: unknown }>;
  readonly close: () => Promise<void>;
}

export async function startSandbox(options: Partial<SandboxOptions> = {}): Promise<SandboxServer> {
  const clock = new MovableClock();
  const callbacks: ReceivedCallback[] = [];
  const callbackAnswers: number[] = [];
  const mounted: { sandbox?: Sandbox } = {};
  const server = createServer((request, response) => {
    if (mounted.sandbox?.handle(request, response)) return;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      callbacks.push({
        path: request.url ?? '',
        headers: request.headers as Record<string, string>,
        rawBody: Buffer.concat(chunks).toString('utf8'),
      });
      response.writeHead(callbackAnswers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const running = createSandbox({
    clock,
    dataDir: undefined,
    apiKey,
    callbackSecret,
    platformUrl: url,
    ...options,
  });
  mounted.sandbox = running;
  return {
    url,
    sandbox: running,
    clock,
    callbacks,
    callbackAnswers,
    call: (method, path, body) => call(`${url}/sandbox${path}`, method, body),
    close: async () => {
      running.close();
      clock.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function call(
  url: string,
  method: string,
  body: unknown,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

/** Waits until something holds, or fails after two seconds. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 2000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come true within two seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
