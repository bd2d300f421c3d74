import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

const TIMEOUT_MS = 30_000;

/** One pool for everything the sandbox and the command line send: connections are kept and reused. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends one request with Node's own client: `fetch` costs twice the CPU, which a two-core replay notices. */
export function sendRaw(request: {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs?: number;
}): Promise<RawAnswer> {
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
