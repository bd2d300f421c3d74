import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { directRoute, type DirectRoute } from '../direct-requests.ts';

const TIMEOUT_MS = 30_000;

/** One pool for everything the sandbox and the command line send: connections are kept and reused. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs?: number;
}

/**
 * Sends one request with Node's own client: `fetch` costs twice the CPU, which a two-core replay notices. What is for a
 * server of this process goes to it directly.
 */
export function sendRaw(request: RawRequest): Promise<RawAnswer> {
  const direct = directRoute(request.url);
  return direct ? sendDirectly(direct, request) : sendOverNetwork(request);
}

async function sendDirectly(
  { route, path }: { readonly route: DirectRoute; readonly path: string },
  { method, url, headers = {}, body, timeoutMs = TIMEOUT_MS }: RawRequest,
): Promise<RawAnswer> {
  const waiting = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: waiting.signal, ref: false }).then(() => {
    throw new Error(`no answer from ${url}`);
  });
  late.catch(() => undefined);
  try {
    const answer = await Promise.race([route({ method, path, headers, body }), late]);
    return { ...answer, text: answer.body.toString('utf8') };
  } finally {
    waiting.abort();
  }
}

function sendOverNetwork(request: RawRequest): Promise<RawAnswer> {
  const { method, url, body, headers = {}, timeoutMs = TIMEOUT_MS } = request;
  const isSecure = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const outgoing = (isSecure ? httpsRequest : httpRequest)(url, {
      method,
      ...(isSecure ? {} : { agent }),
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
    });
    outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`no answer from ${url}`)));
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
      });
    });
    outgoing.end(body);
  });
}

/** Posts a body as it stands. */
export function postRaw(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<RawAnswer> {
  return sendRaw({ method: 'POST', url, body, headers });
}
