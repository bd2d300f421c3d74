import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { FunctionHost } from './functions.ts';
import { FunctionError } from './functions.ts';
import { GatewayAuthorizer, type Admission } from './gateway-authorizer.ts';
import {
  RouteTree,
  type ApiDefinition,
  type GatewayResponse,
  type Route,
} from './gateway-routes.ts';
import { ACCOUNT_ID, localArn } from './identity.ts';
import type { Meter } from './meter.ts';
import { readBody } from './request-body.ts';

/** What API Gateway takes at most. */
const BODY_BYTES_MAX = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 29_000;
const DISCARD_MS_MAX = 10_000;

const ProxyAnswer = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(z.string())).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

const methodNotAllowed: GatewayResponse = {
  status: 405,
  headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  template: JSON.stringify({
    type: 'https://zhudai.dev/problems/MethodNotAllowed',
    title: 'This path does not have that method',
    status: 405,
    code: 'MethodNotAllowed',
  }),
};

/** Status where neither the template nor the default response of its class gives one. */
const defaultStatuses: Readonly<Record<string, number>> = {
  UNAUTHORIZED: 401,
  ACCESS_DENIED: 403,
  MISSING_AUTHENTICATION_TOKEN: 403,
  REQUEST_TOO_LARGE: 413,
  BAD_REQUEST_BODY: 400,
  AUTHORIZER_FAILURE: 500,
  INTEGRATION_TIMEOUT: 504,
  INTEGRATION_FAILURE: 504,
  DEFAULT_5XX: 502,
};

export interface ApiGatewayOptions {
  readonly api: ApiDefinition;
  readonly functions: FunctionHost;
  readonly clock: Clock;
  readonly meter: Meter;
}

interface Refusal {
  readonly status: number;
  readonly headers: Record<string, string | number>;
  readonly text: string;
}

interface Call {
  readonly requestId: string;
  readonly route: Route;
  readonly event: Record<string, unknown>;
  readonly headers: Readonly<Record<string, string>>;
  readonly methodArn: string;
}

/** Serves the REST API of the template: routes, authorisers, proxy integrations, gateway responses. */
export class ApiGateway {
  readonly #options: ApiGatewayOptions;
  readonly #routes: RouteTree;
  readonly #authorizer: GatewayAuthorizer;

  constructor(options: ApiGatewayOptions) {
    this.#options = options;
    this.#routes = new RouteTree(options.api.routes);
    this.#authorizer = new GatewayAuthorizer(options.functions, options.clock);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#options.meter.countApiRequest();
    this.#serve(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy(error as Error);
      else this.#refuse(response, 'DEFAULT_5XX', randomUUID());
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const [path, search] = splitUrl(request.url ?? '/');
    const found = this.#routes.find(path);
    const route = found?.methods.get(request.method ?? 'GET') ?? found?.methods.get('ANY');
    if (!found) {
      // The body is not looked at: whoever sends megabytes to nowhere is cut off.
      this.#refuseUnread(request, response, 'MISSING_AUTHENTICATION_TOKEN');
      return;
    }
    if (!route) {
      // API Gateway has no word for this and answers as for an unknown path; here the caller is told.
      response.setHeader('allow', [...found.methods.keys()].join(', '));
      this.#refuseUnread(request, response, 'METHOD_NOT_ALLOWED');
      return;
    }
    const body = await readBody(request, BODY_BYTES_MAX);
    if (body === undefined) {
      this.#refuseUnread(request, response, 'REQUEST_TOO_LARGE');
      return;
    }
    const call = this.#callOf(request, {
      requestId,
      route,
      path,
      search,
      values: found.values,
      body,
    });
    const admission = await this.#admit(call);
    if (admission.kind !== 'Allowed') {
      this.#refuse(response, admission.kind, requestId);
      return;
    }
    const context = call.event['requestContext'] as Record<string, unknown>;
    if (route.authorizer) context['authorizer'] = admission.context;
    await this.#integrate(call, response);
  }

  async #admit({ route, methodArn, headers, event }: Call): Promise<Admission> {
    if (!route.authorizer) return { kind: 'Allowed', context: {} };
    return this.#authorizer.admit(route.authorizer, {
      methodArn,
      headers,
      // An authoriser of the kind REQUEST sees everything but the body.
      event: { ...event, body: undefined, isBase64Encoded: undefined },
    });
  }

  async #integrate(call: Call, response: ServerResponse): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new FunctionError({ name: 'IntegrationTimeout', message: 'endpoint timed out' }));
    }, INTEGRATION_TIMEOUT_MS);
    try {
      const work = this.#options.functions.invoke(call.route.functionArn, call.event);
      const answer = ProxyAnswer.safeParse(await Promise.race([work, late]));
      if (answer.success) write(response, answer.data, call.requestId);
      else this.#refuse(response, 'DEFAULT_5XX', call.requestId);
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'IntegrationTimeout';
      this.#refuse(response, isLate ? 'INTEGRATION_TIMEOUT' : 'DEFAULT_5XX', call.requestId);
    } finally {
      clearTimeout(timer);
    }
  }

  #callOf(
    request: IncomingMessage,
    given: {
      requestId: string;
      route: Route;
      path: string;
      search: string;
      values: ReadonlyMap<string, string>;
      body: Buffer;
    },
  ): Call {
    const { requestId, route, path, search, values, body } = given;
    const { apiId, stage } = this.#options.api;
    const { single, multiple, lowerCase } = headersOf(request);
    const query = new URLSearchParams(search);
    const names = [...new Set(query.keys())];
    const method = request.method ?? 'GET';
    const now = this.#options.clock.now();
    const event = {
      resource: route.path,
      path,
      httpMethod: method,
      headers: single,
      multiValueHeaders: multiple,
      queryStringParameters:
        names.length === 0
          ? null
          : Object.fromEntries(names.map((name) => [name, query.getAll(name).at(-1) ?? ''])),
      multiValueQueryStringParameters:
        names.length === 0
          ? null
          : Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
      pathParameters: values.size === 0 ? null : Object.fromEntries(values),
      stageVariables: null,
      requestContext: {
        accountId: ACCOUNT_ID,
        apiId,
        resourcePath: route.path,
        httpMethod: method,
        path: `/${stage}${path}`,
        stage,
        protocol: `HTTP/${request.httpVersion}`,
        requestId,
        extendedRequestId: requestId,
        requestTimeEpoch: now,
        domainName: lowerCase['host'] ?? 'localhost',
        identity: {
          sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
          userAgent: lowerCase['user-agent'] ?? null,
        },
      },
      body: body.length === 0 ? null : body.toString('utf8'),
      isBase64Encoded: false,
    };
    const methodArn = localArn('execute-api', `${apiId}/${stage}/${method}${path}`);
    return { requestId, route, event, headers: lowerCase, methodArn };
  }

  /** Answers at once and reads what still comes, for a while: a line closed under a sender loses the answer. */
  #refuseUnread(request: IncomingMessage, response: ServerResponse, type: string): void {
    const { status, headers, text } = this.#refusalOf(type, randomUUID());
    response.writeHead(status, headers);
    if (request.complete) {
      response.end(text);
      return;
    }
    const cutOff = setTimeout(() => request.socket.destroy(), DISCARD_MS_MAX);
    request
      .once('close', () => {
        clearTimeout(cutOff);
      })
      .once('end', () => response.end())
      .resume();
    response.write(text);
  }

  #refuse(response: ServerResponse, type: string, requestId: string): void {
    const { status, headers, text } = this.#refusalOf(type, requestId);
    response.writeHead(status, headers).end(text);
  }

  #refusalOf(type: string, requestId: string): Refusal {
    const { responses } = this.#options.api;
    const isOurFault = (defaultStatuses[type] ?? 400) >= 500;
    const configured =
      (type === 'METHOD_NOT_ALLOWED' ? methodNotAllowed : responses.get(type)) ??
      responses.get(isOurFault ? 'DEFAULT_5XX' : 'DEFAULT_4XX');
    const text = (configured?.template ?? '{"message":$context.error.messageString}')
      .replaceAll('$context.error.messageString', JSON.stringify(type))
      .replaceAll('$context.error.message', type)
      .replaceAll('$context.error.responseType', type)
      .replaceAll('$context.requestId', requestId);
    return {
      status: configured?.status ?? defaultStatuses[type] ?? 400,
      headers: {
        'content-type': 'application/json',
        ...configured?.headers,
        'x-amzn-requestid': requestId,
        'content-length': Buffer.byteLength(text),
      },
      text,
    };
  }
}

function write(
  response: ServerResponse,
  answer: z.infer<typeof ProxyAnswer>,
  requestId: string,
): void {
  const headers: Record<string, string | string[]> = { 'x-amzn-requestid': requestId };
  for (const [name, value] of Object.entries(answer.headers ?? {}))
    headers[name.toLowerCase()] = String(value);
  for (const [name, values] of Object.entries(answer.multiValueHeaders ?? {}))
    headers[name.toLowerCase()] = values;
  headers['content-type'] ??= 'application/json';
  const body = Buffer.from(answer.body ?? '', answer.isBase64Encoded === true ? 'base64' : 'utf8');
  if (answer.statusCode !== 204 && answer.statusCode !== 304)
    headers['content-length'] = String(body.length);
  response.writeHead(answer.statusCode, headers).end(body);
}

function splitUrl(url: string): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

function headersOf(request: IncomingMessage): {
  single: Record<string, string>;
  multiple: Record<string, string[]>;
  lowerCase: Record<string, string>;
} {
  const single: Record<string, string> = {};
  const multiple: Record<string, string[]> = {};
  const lowerCase: Record<string, string> = {};
  const { rawHeaders } = request;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    // Defined, not assigned: a header may be called __proto__.
    const known = Object.hasOwn(multiple, name) ? multiple[name] : undefined;
    define(single, name, value);
    define(multiple, name, [...(known ?? []), value]);
    define(lowerCase, name.toLowerCase(), value);
  }
  return { single, multiple, lowerCase };
}

function define<Value>(target: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true });
  else target[name] = value;
}
