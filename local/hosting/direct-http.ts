import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { directRoute, type DirectAnswer, type DirectRequest } from '../direct-requests.ts';
import { runAsPlatform } from './function-environment.ts';
import type { Handle } from './listen.ts';

type Headers = Readonly<Record<string, number | string | string[] | undefined>>;

/**
 * Hands a request to a server's handler as if it had come over the network. Whoever waits no longer is not told to the
 * handler, which goes on: as a server does that has not looked at its line yet.
 */
export function exchangeWith(handle: Handle): (request: DirectRequest) => Promise<DirectAnswer> {
  return (request) =>
    new Promise((resolve, reject) => {
      const response = new DirectResponse(resolve, reject);
      // In the name of the platform, whichever function asked: at a server all are strangers.
      runAsPlatform(() => {
        handle(incoming(request), response as unknown as ServerResponse);
      });
    });
}

function incoming({ method, path, headers, body }: DirectRequest): IncomingMessage {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const all: Record<string, string> = { host: '127.0.0.1', ...headers };
  if (bytes !== undefined) all['content-length'] = String(bytes.length);
  const stream = new Readable({ read: () => undefined });
  if (bytes !== undefined && bytes.length > 0) stream.push(bytes);
  stream.push(null);
  const socket = { remoteAddress: '127.0.0.1', destroy: () => stream.destroy() };
  const more = {
    method,
    url: path,
    headers: all,
    rawHeaders: Object.entries(all).flat(),
    httpVersion: '1.1',
    complete: true,
    socket,
  };
  return Object.assign(stream, more) as unknown as IncomingMessage;
}

/** What handlers use of Node's response. */
class DirectResponse extends EventEmitter {
  headersSent = false;
  readonly #resolve: (answer: DirectAnswer) => void;
  readonly #reject: (error: Error) => void;
  #status = 200;
  #headers: Record<string, string | string[]> = {};
  readonly #chunks: Buffer[] = [];

  constructor(resolve: (answer: DirectAnswer) => void, reject: (error: Error) => void) {
    super();
    this.#resolve = resolve;
    this.#reject = reject;
  }

  setHeader(name: string, value: number | string | string[]): this {
    this.#headers[name.toLowerCase()] = typeof value === 'number' ? String(value) : value;
    return this;
  }

  writeHead(status: number, headers: Headers = {}): this {
    this.#status = status;
    this.headersSent = true;
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined) this.setHeader(name, value);
    return this;
  }

  write(chunk: string | Uint8Array): boolean {
    this.headersSent = true;
    this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk));
    return true;
  }

  end(chunk?: string | Uint8Array): this {
    if (chunk !== undefined) this.write(chunk);
    this.headersSent = true;
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
    this.emit('close');
    return this;
  }

  destroy(error?: Error): this {
    const cut = Object.assign(new Error('the connection was cut'), { code: 'ECONNRESET' });
    this.#reject(error ?? cut);
    this.emit('close');
    return this;
  }
}

let isInstalled = false;

/**
 * `fetch` to a server of this process goes to it directly: functions ask the sandbox's providers six times an application,
 * and each of those costs the one thread of both sides half a millisecond of sockets and parsers.
 */
export function routeFetches(): void {
  if (isInstalled) return;
  isInstalled = true;
  const overNetwork = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const direct = typeof input === 'string' ? directRoute(input) : undefined;
    const request = direct && plainRequest(direct.path, init);
    return direct && request
      ? answered(direct.route(request), init?.signal ?? undefined)
      : overNetwork(input, init);
  };
}

/** A request that says everything in plain values; any other one goes over the network. */
function plainRequest(path: string, init: RequestInit = {}): DirectRequest | undefined {
  const { method = 'GET', headers = {}, body } = init;
  const isText = typeof body === 'string' || body === null || body === undefined;
  if (!isText || Array.isArray(headers) || headers instanceof Headers) return undefined;
  const named = Object.entries(headers as Record<string, string>);
  return {
    method,
    path,
    headers: Object.fromEntries(named.map(([name, value]) => [name.toLowerCase(), value])),
    body: body ?? undefined,
  };
}

const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

function answered(answer: Promise<DirectAnswer>, signal: AbortSignal | undefined) {
  return new Promise<Response>((resolve, reject) => {
    const fail = (): void => {
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal?.aborted === true) fail();
    signal?.addEventListener('abort', fail, { once: true });
    answer.then(
      ({ status, headers, body }) => {
        signal?.removeEventListener('abort', fail);
        const named = Object.entries(headers).flatMap(([name, value]) =>
          [value ?? []].flat().map((each): [string, string] => [name, each]),
        );
        const content = bodiless.has(status) ? null : new Uint8Array(body);
        resolve(new Response(content, { status, headers: named }));
      },
      (error: unknown) => {
        signal?.removeEventListener('abort', fail);
        reject(new TypeError('fetch failed', { cause: error }));
      },
    );
  });
}
