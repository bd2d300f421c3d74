import { randomUUID } from 'node:crypto';
import { sendRaw } from './http-json.ts';

export interface PlatformAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface PlatformClientOptions {
  readonly baseUrl: string;
  /** Partner key or operator token. */
  readonly credential: string;
  /** How long a request is repeated while the platform is away, busy or overloaded. */
  readonly patienceMs?: number;
}

/** The platform answered with a problem. */
export class PlatformProblem extends Error {
  override readonly name = 'PlatformProblem';
  readonly status: number;
  readonly code: string;

  constructor(method: string, path: string, { status, body }: PlatformAnswer) {
    const code = typeof body['code'] === 'string' ? body['code'] : 'Unknown';
    const detail = typeof body['detail'] === 'string' ? `: ${body['detail']}` : '';
    super(`${method} ${path} answered ${status} ${code}${detail}${fieldsOf(body['errors'])}`);
    this.status = status;
    this.code = code;
  }
}

/** Which fields did not fit, one a line: what a person has to mend. */
function fieldsOf(errors: unknown): string {
  if (!Array.isArray(errors)) return '';
  const lines = (errors as readonly { path?: unknown; message?: unknown }[]).map(
    ({ path, message }) => `\n  ${String(path)}: ${String(message)}`,
  );
  return lines.join('');
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;
const repeatable = new Set([429, 502, 503, 504]);
/** Somebody else is at it this very moment; the same request is right a moment later. */
const waitsForOthers = new Set(['RequestInProgress', 'ConcurrentChange']);

/**
 * A client of the public API that does not give up at once: what is refused for a moment, or goes unanswered because the
 * platform is being restarted, is sent again under the same idempotency key.
 */
export class PlatformClient {
  readonly baseUrl: string;
  readonly #authorization: string;
  readonly #patienceMs: number;

  constructor({ baseUrl, credential, patienceMs = 0 }: PlatformClientOptions) {
    this.baseUrl = baseUrl.replace(/\/$/, '');
    this.#authorization = `Bearer ${credential}`;
    this.#patienceMs = patienceMs;
  }

  /** Reads; every answer but 2xx is thrown. */
  async get(path: string): Promise<PlatformAnswer['body']> {
    return (await this.#asked('GET', path)).body;
  }

  /** Posts; every answer but 2xx is thrown. The key makes a repeat harmless. */
  post(path: string, body: unknown, key: string = randomUUID()): Promise<PlatformAnswer> {
    return this.#asked('POST', path, { text: JSON.stringify(body), key });
  }

  async #asked(
    method: string,
    path: string,
    post?: { text: string; key: string },
  ): Promise<PlatformAnswer> {
    const deadline = Date.now() + this.#patienceMs;
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, LAST_RETRY_MS)) {
      const answer = await this.#send(method, path, post).catch((error: unknown) => error as Error);
      if (!(answer instanceof Error) && answer.status >= 200 && answer.status < 300) return answer;
      const isForAMoment = answer instanceof Error || isRepeatable(answer);
      if (!isForAMoment || Date.now() + delayMs > deadline)
        throw answer instanceof Error ? answer : new PlatformProblem(method, path, answer);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }

  async #send(
    method: string,
    path: string,
    post: { text: string; key: string } | undefined,
  ): Promise<PlatformAnswer> {
    const { status, headers, text } = await sendRaw({
      method,
      url: `${this.baseUrl}${path}`,
      headers: {
        authorization: this.#authorization,
        accept: 'application/json',
        ...(post && { 'content-type': 'application/json', 'idempotency-key': post.key }),
      },
      ...(post && { body: post.text }),
    });
    return { status, headers, body: objectIn(text) };
  }
}

function isRepeatable({ status, body }: PlatformAnswer): boolean {
  const isInTheWay = status === 409 && waitsForOthers.has(String(body['code']));
  return isInTheWay || repeatable.has(status);
}

function objectIn(text: string): PlatformAnswer['body'] {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as PlatformAnswer['body']) : {};
  } catch {
    return {};
  }
}
