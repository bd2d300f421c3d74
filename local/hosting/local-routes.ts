import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { readBody } from './request-body.ts';

/** What the host shows and does besides the product's own API, under `/local`. */
export interface LocalOperations {
  readonly read: Readonly<Record<string, () => unknown>>;
  now(): number;
  advanceTo(targetMs: number): Promise<void>;
  backUp(directory: string): Promise<unknown>;
}

const BackupOrder = z.strictObject({ directory: z.string().min(1).max(4096) });

const Advance = z.strictObject({
  advanceSeconds: z.number().min(0).optional(),
  by: z.string().optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});

const BODY_BYTES_MAX = 16 * 1024;
const unitSeconds: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** Serves `/local/...`: the clock, the meter, queues, streams. */
export class LocalRoutes {
  readonly #operations: LocalOperations;
  /** One move of the clock at a time. */
  #moving: Promise<void> = Promise.resolve();

  constructor(operations: LocalOperations) {
    this.#operations = operations;
  }

  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (!path.startsWith('/local/')) return false;
    this.#serve(request, path)
      .catch((error: unknown) => ({
        status: 500,
        body: { code: 'InternalError', detail: error instanceof Error ? error.message : '' },
      }))
      .then(
        ({ status, body }) => {
          const text = JSON.stringify(body, undefined, 2);
          response
            .writeHead(status, {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(text),
            })
            .end(text);
        },
        () => response.destroy(),
      );
    return true;
  }

  async #serve(request: IncomingMessage, path: string): Promise<{ status: number; body: unknown }> {
    const name = path.slice('/local/'.length);
    if (name === 'clock' || name === 'clock/advance') return this.#clock(request);
    if (name === 'backup') return this.#backUp(request);
    const read = Object.hasOwn(this.#operations.read, name)
      ? this.#operations.read[name]
      : undefined;
    if (!read || request.method !== 'GET') return { status: 404, body: { code: 'NotFound' } };
    return { status: 200, body: await read() };
  }

  async #clock(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    if (request.method === 'POST') {
      // A page open in a browser can send forms and text to this port, but no JSON.
      if (request.headers['content-type']?.startsWith('application/json') !== true)
        return { status: 415, body: { code: 'UnsupportedMediaType' } };
      const targetMs = await this.#target(request);
      if (targetMs === undefined)
        return {
          status: 400,
          body: {
            code: 'InvalidInput',
            detail:
              'send {"advanceSeconds": 60}, {"by": "30d"} or {"to": "2026-12-01T09:00:00+08:00"}',
          },
        };
      if (targetMs < this.#operations.now())
        return { status: 409, body: { code: 'InvalidInput', detail: 'time never runs backwards' } };
      this.#moving = this.#moving.then(() => this.#operations.advanceTo(targetMs));
      await this.#moving;
    }
    return { status: 200, body: { now: new Date(this.#operations.now()).toISOString() } };
  }

  async #backUp(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    if (request.method !== 'POST') return { status: 404, body: { code: 'NotFound' } };
    if (request.headers['content-type']?.startsWith('application/json') !== true)
      return { status: 415, body: { code: 'UnsupportedMediaType' } };
    const order = await readOrder(request);
    if (order === undefined) return { status: 400, body: { code: 'InvalidInput' } };
    // Not while the clock moves: half a day is no instant to go back to.
    await this.#moving;
    return { status: 200, body: await this.#operations.backUp(order.directory) };
  }

  async #target(request: IncomingMessage): Promise<number | undefined> {
    const raw = await readBody(request, BODY_BYTES_MAX);
    try {
      const parsed = Advance.safeParse(JSON.parse(raw?.toString('utf8') ?? ''));
      if (!parsed.success) return undefined;
      const { advanceSeconds, by, to } = parsed.data;
      if (to !== undefined) return Date.parse(to);
      const seconds = advanceSeconds ?? (by === undefined ? undefined : secondsIn(by));
      return seconds === undefined ? undefined : this.#operations.now() + seconds * 1000;
    } catch {
      return undefined;
    }
  }
}

async function readOrder(
  request: IncomingMessage,
): Promise<z.infer<typeof BackupOrder> | undefined> {
  const raw = await readBody(request, BODY_BYTES_MAX);
  try {
    return BackupOrder.safeParse(JSON.parse(raw?.toString('utf8') ?? '')).data;
  } catch {
    return undefined;
  }
}

/** `1d12h` in seconds. */
function secondsIn(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return undefined;
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0),
    0,
  );
}
