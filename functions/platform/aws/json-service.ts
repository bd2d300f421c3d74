import { randomUUID } from 'node:crypto';
import type { ServiceException } from '@smithy/core/client';
import {
  ServiceClient,
  type Refusal,
  type Service,
  type ServiceAnswer,
  type ServiceSettings,
} from './service-client.ts';

/** A service that takes operations as `POST /` with JSON. */
export interface JsonService extends Service {
  readonly version: '1.0' | '1.1';
  /** Before the operation's name in the header that names it. */
  readonly target: string;
  readonly classes?: Readonly<Record<string, typeof ServiceException>>;
}

export type Facts = Readonly<Record<string, unknown>>;

/** How one operation's input and output differ from plain JSON. */
export interface JsonShape {
  /** Filled in once per call, so that the attempts of one call count as one. */
  readonly idempotencyToken?: string;
  /** Names of the fields, at any depth, that hold bytes. */
  readonly bytes?: readonly string[];
  /** Names of the fields of an output, at any depth, that hold a moment. */
  readonly moments?: readonly string[];
}

/** One call of an operation. */
export class JsonCommand {
  readonly input: Facts;
  readonly operation: string;
  readonly shape: JsonShape;

  constructor(operation: string, input: Facts, shape: JsonShape = {}) {
    this.operation = operation;
    this.input = input;
    this.shape = shape;
  }
}

/** Calls the operations of one service. */
export class JsonClient {
  readonly config: ServiceClient['config'];
  readonly #client: ServiceClient;
  readonly #service: JsonService;

  constructor(service: JsonService, settings?: ServiceSettings) {
    this.#service = service;
    this.#client = new ServiceClient(service, settings);
    this.config = this.#client.config;
  }

  destroy(): void {
    this.#client.destroy();
  }

  /** The operation's output. Throws what the service refused with, told by its name. */
  async send({ operation, input, shape }: JsonCommand): Promise<Facts> {
    const { target, version, classes = {} } = this.#service;
    const { body } = await this.#client.exchange(
      {
        method: 'POST',
        path: '/',
        headers: {
          'content-type': `application/x-amz-json-${version}`,
          'x-amz-target': `${target}.${operation}`,
        },
        body: JSON.stringify(withToken(input, shape), write),
      },
      { refusalOf: readRefusal, classes },
    );
    return body.length === 0 ? {} : read(body, shape);
  }
}

function withToken(input: Facts, { idempotencyToken }: JsonShape): Facts {
  if (idempotencyToken === undefined || input[idempotencyToken] !== undefined) return input;
  return { ...input, [idempotencyToken]: randomUUID() };
}

/** Bytes as base64 and moments as seconds. Reads the field itself: both would have turned into something else before. */
function write(this: unknown, name: string, written: unknown): unknown {
  const given: unknown = isFacts(this) ? this[name] : written;
  if (given instanceof Uint8Array) return Buffer.from(given).toString('base64');
  if (given instanceof Date) return given.getTime() / 1000;
  return written;
}

function read(body: Buffer, { bytes = [], moments = [] }: JsonShape): Facts {
  const revive =
    bytes.length + moments.length === 0
      ? undefined
      : (name: string, value: unknown): unknown => {
          if (typeof value === 'string' && bytes.includes(name)) return bytesOf(value);
          if (typeof value === 'number' && moments.includes(name)) return momentOf(value);
          return value;
        };
  const parsed: unknown = JSON.parse(body.toString('utf8'), revive);
  return isFacts(parsed) ? parsed : {};
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

function momentOf(epochSeconds: number): Date {
  return new Date(Math.round(epochSeconds * 1000));
}

/** The name of a refusal comes in a header or in the body, between a namespace and a remark. */
function readRefusal({ response, body }: ServiceAnswer): Refusal {
  const { __type, code, message, Message, ...facts } = readLeniently(body);
  const named = response.headers['x-amzn-errortype'] ?? firstText(code, __type) ?? 'Unknown';
  const name = named.split(':')[0]?.split('#').at(-1) ?? named;
  return { name, message: firstText(message, Message) ?? 'UnknownError', facts };
}

/** What stands between us and a service may answer a page instead of JSON. */
function readLeniently(body: Buffer): Facts {
  try {
    return read(body, {});
  } catch {
    return {};
  }
}

function firstText(...candidates: readonly unknown[]): string | undefined {
  return candidates.find((candidate) => typeof candidate === 'string');
}

/** An object with named fields. */
export function isFacts(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
