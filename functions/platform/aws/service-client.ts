import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ServiceException } from '@smithy/core/client';
import { HttpRequest, type HttpResponse } from '@smithy/core/protocols';
import { retryMiddleware, StandardRetryStrategy } from '@smithy/core/retry';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import { domainOf } from './domain-of.ts';
import { Sha256 } from './sha256.ts';

/** What of a service differs from the next. */
export interface Service {
  /** Begins its address and stands in its signatures. */
  readonly name: string;
  /** As in `AWS_ENDPOINT_URL_<NAME>`. */
  readonly environmentName: string;
  readonly attemptsMax: number;
  readonly retryDelayMs: number;
  /** S3 signs the path as it is sent; every other service signs it escaped once more. */
  readonly signsPathAsSent?: boolean;
}

/** The settings of a client, as the SDK calls them. */
export interface ServiceSettings {
  /** Options of the SDK's handler of requests, or another one in its place. */
  readonly requestHandler?: Parameters<typeof NodeHttpHandler.create>[0];
  readonly region?: string;
  /** Instead of what the environment says. */
  readonly endpoint?: string;
  readonly customUserAgent?: string;
}

export interface ServiceRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Before the host of the service: a bucket of S3. */
  readonly hostPrefix?: string;
}

/** An answer, read to its end. */
export interface ServiceAnswer {
  readonly response: HttpResponse;
  readonly body: Buffer;
}

/** What a refusal says, beside its status. */
export interface Refusal {
  readonly name: string;
  readonly message: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** As the SDK's `getSignedUrl` takes them. */
export interface PresignOptions {
  readonly expiresIn?: number;
  readonly signableHeaders?: Set<string>;
  readonly unhoistableHeaders?: Set<string>;
}

interface Reading {
  readonly refusalOf: (answer: ServiceAnswer) => Refusal;
  /** The classes that callers tell refusals by; every other refusal is told by its name. */
  readonly classes?: Readonly<Record<string, typeof ServiceException>>;
}

/**
 * Sends requests to one service with the SDK's own parts: its connections and time limits, its signature, its loop of
 * attempts and their budget. Left out is what is generated for each service (schemas of hundreds of operations, rules for
 * addresses, classes of errors) and what looks for settings in files: in Lambda they are in the environment.
 */
export class ServiceClient {
  readonly config: { readonly region: string | undefined };
  readonly #service: Service;
  readonly #handler: ReturnType<typeof NodeHttpHandler.create>;
  readonly #strategy: StandardRetryStrategy;
  readonly #userAgent: string;
  readonly #givenEndpoint: string | undefined;

  constructor(service: Service, settings: ServiceSettings = {}) {
    this.#service = service;
    this.config = { region: settings.region ?? process.env['AWS_REGION'] };
    this.#handler = NodeHttpHandler.create(settings.requestHandler);
    this.#strategy = new StandardRetryStrategy({
      maxAttempts: service.attemptsMax,
      baseDelay: service.retryDelayMs,
    });
    this.#givenEndpoint = settings.endpoint;
    this.#userAgent = ['zhudai', settings.customUserAgent ?? []].flat().join(' ');
  }

  /** Closes the connections. */
  destroy(): void {
    this.#handler.destroy?.();
  }

  /**
   * Sends a request until it is answered or its attempts are used up.
   *
   * @throws ServiceException, or the class given for its name, when the service refuses
   */
  async exchange(request: ServiceRequest, reading: Reading): Promise<ServiceAnswer> {
    const { attemptsMax } = this.#service;
    const unsigned = this.#build(request);
    const attempt = retryMiddleware({
      retryStrategy: () => Promise.resolve(this.#strategy),
      maxAttempts: () => Promise.resolve(attemptsMax),
    })<ServiceAnswer & { $metadata: object }>(async () => {
      const answer = await this.#sendOnce(unsigned);
      if (answer.response.statusCode >= 300) throw exceptionOf(answer, reading);
      return { response: answer.response, output: { ...answer, $metadata: {} } };
    }, {});
    const { output } = await attempt({ input: {}, request: unsigned });
    return output;
  }

  /** The request that whoever holds its address may send until it expires. */
  async presign(request: ServiceRequest, options: PresignOptions): Promise<HttpRequest> {
    const unsigned = this.#build(request);
    delete unsigned.headers['user-agent'];
    unsigned.headers['X-Amz-Content-Sha256'] = 'UNSIGNED-PAYLOAD';
    const signed = await this.#signer().presign(unsigned, {
      expiresIn: 900,
      unsignableHeaders: new Set(['content-type']),
      ...options,
    });
    return HttpRequest.clone(signed);
  }

  /** Where the service is: as the environment says, or at AWS. */
  endpoint(): string {
    const { name, environmentName } = this.#service;
    return (
      this.#givenEndpoint ??
      process.env[`AWS_ENDPOINT_URL_${environmentName}`] ??
      process.env['AWS_ENDPOINT_URL'] ??
      `https://${name}.${this.#region()}.${domainOf(this.#region())}`
    );
  }

  async #sendOnce(unsigned: HttpRequest): Promise<ServiceAnswer> {
    const signed = await this.#signer().sign(unsigned);
    const { response } = await this.#handler.handle(HttpRequest.clone(signed));
    const body: unknown = response.body;
    return { response, body: body instanceof Readable ? await buffer(body) : Buffer.alloc(0) };
  }

  #build({ method, path, query, headers, body, hostPrefix = '' }: ServiceRequest): HttpRequest {
    const { protocol, host, hostname, port, pathname } = new URL(this.endpoint());
    return new HttpRequest({
      protocol,
      hostname: `${hostPrefix}${hostname}`,
      ...(port === '' ? {} : { port: Number(port) }),
      method,
      path: `${pathname.replace(/\/$/, '')}${path}`,
      query: { ...query },
      headers: {
        host: `${hostPrefix}${host}`,
        'user-agent': this.#userAgent,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        ...traceOfInvocation(),
        ...headers,
      },
      body,
    });
  }

  #signer(): SignatureV4 {
    const { name, signsPathAsSent = false } = this.#service;
    return new SignatureV4({
      service: name,
      region: this.#region(),
      credentials: ownCredentials(),
      sha256: Sha256,
      uriEscapePath: !signsPathAsSent,
    });
  }

  #region(): string {
    const { region = '' } = this.config;
    if (region === '') throw new Error('environment variable AWS_REGION is not set');
    return region;
  }
}

/** What Lambda puts into the environment, as it is now. */
function ownCredentials() {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined)
    throw new Error('environment variable AWS_ACCESS_KEY_ID is not set');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
  };
}

/** The trace that the call belongs to, by which AWS also notices functions that call themselves in a circle. */
function traceOfInvocation(): Readonly<Record<string, string>> {
  const { AWS_LAMBDA_FUNCTION_NAME, _X_AMZN_TRACE_ID = '' } = process.env;
  if (AWS_LAMBDA_FUNCTION_NAME === undefined || _X_AMZN_TRACE_ID === '') return {};
  return { 'X-Amzn-Trace-Id': _X_AMZN_TRACE_ID };
}

function exceptionOf(answer: ServiceAnswer, { refusalOf, classes = {} }: Reading): Error {
  const { response } = answer;
  const { name, message, facts } = refusalOf(answer);
  const requestId = response.headers['x-amzn-requestid'] ?? response.headers['x-amz-request-id'];
  const Exception = classes[name] ?? ServiceException;
  const exception = new Exception({
    name,
    message,
    $fault: response.statusCode < 500 ? 'client' : 'server',
    $metadata: {
      httpStatusCode: response.statusCode,
      ...(requestId === undefined ? {} : { requestId }),
    },
  });
  // Not among what a log shows of an error: it holds sockets and everything sent.
  Object.defineProperty(exception, '$response', { value: response, enumerable: false });
  return Object.assign(exception, facts);
}
