import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AwsAnswer, AwsRequest } from './aws-request.ts';
import { SdkRoutes } from './sdk-routes.ts';

/** What the SDK's HTTP handler is given and answers; only what is used here. */
interface SdkRequest {
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  body?: unknown;
}

interface SdkResponse {
  readonly response: { statusCode: number; headers: Record<string, string>; body: unknown };
}

type Handle = (this: unknown, request: SdkRequest, options: unknown) => Promise<SdkResponse>;

/** Answers the SDK's requests to one port of this machine in place of its HTTP client. */
export type PortRoute = (request: AwsRequest) => Promise<AwsAnswer>;

const routes = new SdkRoutes<PortRoute>(() => {
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1' });
  const prototype = Object.getPrototypeOf(client.config.requestHandler) as { handle: Handle };
  client.destroy();
  const overNetwork = prototype.handle;
  prototype.handle = async function handle(request, options) {
    const route = request.hostname === '127.0.0.1' ? routes.at(request.port ?? 80) : undefined;
    const body = route && bytesOf(request.body);
    // A body that streams goes over the network, where it is read as it comes.
    if (!route || !body) return overNetwork.call(this, request, options);
    return toSdk(await route(toAws(request, body)), request);
  };
});

/**
 * Functions use plain SDK clients, and in this process all of those share one HTTP handler. Requests to our own endpoint
 * are answered without going out to the network and back, which would cost each of them twice; requests to the database
 * go over a leaner client, and its streams are read the moment something is written.
 */
export function routeSdkRequests(port: number, route: PortRoute): () => void {
  return routes.add(port, route);
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  // A view, not `Buffer.from(body)`: that asks the SDK's body for its value, which it takes for use as a string.
  return body instanceof Uint8Array
    ? Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    : undefined;
}

function toAws(request: SdkRequest, body: Buffer): AwsRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {}))
    for (const each of [value].flat()) query.append(name, each ?? '');
  return { method: request.method, path: request.path, query, headers, body };
}

function toSdk({ status, headers, body }: AwsAnswer, request: SdkRequest): SdkResponse {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const isJson = request.headers['x-amz-target'] !== undefined;
  return {
    response: {
      statusCode: status,
      headers: { ...headers, 'content-length': headers['content-length'] ?? String(bytes.length) },
      // JSON clients take bytes as they are; S3's expect something to read from.
      body: isJson ? bytes : Readable.from(bytes.length === 0 ? [] : [bytes]),
    },
  };
}
