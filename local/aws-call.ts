import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { sendRaw, type RawAnswer } from './sandbox/http-json.ts';

export interface AwsCall {
  readonly service: 'lambda' | 'sts' | 'sqs' | 'dynamodb' | 'secretsmanager' | 'cloudformation';
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path and query, already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly contentType?: string;
  /** The operation, in services of the JSON protocols. */
  readonly target?: string;
  /** Instead of AWS_ENDPOINT_URL and AWS itself. */
  readonly endpoint?: string | undefined;
}

/** One signed request to a service whose SDK client nothing else here needs. Every answer but 2xx is thrown. */
export async function callAws(region: string, call: AwsCall): Promise<RawAnswer> {
  const { service, method, path, query = {}, body = '', contentType, target } = call;
  const endpoint = new URL(
    call.endpoint ?? process.env['AWS_ENDPOINT_URL'] ?? endpointOf(service, region),
  );
  const signer = new SignatureV4({
    service,
    region,
    credentials: credentials(endpoint),
    sha256: Sha256,
  });
  const signed = await signer.sign({
    method,
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    ...(endpoint.port === '' ? {} : { port: Number(endpoint.port) }),
    path,
    query: { ...query },
    headers: {
      host: endpoint.host,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...(target === undefined ? {} : { 'x-amz-target': target }),
    },
    body,
  });
  const words = new URLSearchParams(query).toString();
  const answer = await sendRaw({
    method,
    url: `${endpoint.origin}${path}${words === '' ? '' : `?${words}`}`,
    headers: signed.headers,
    ...(method === 'GET' ? {} : { body }),
    timeoutMs: 120_000,
  });
  if (answer.status < 200 || answer.status > 299)
    throw new Error(`${service} ${method} ${path} answered ${answer.status}: ${answer.text}`);
  return answer;
}

/** What the CDK command and the SDK clients use as well. */
function credentials(endpoint: URL) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  // The platform of this machine takes any.
  if (endpoint.hostname === '127.0.0.1' && !AWS_ACCESS_KEY_ID)
    return { accessKeyId: 'local', secretAccessKey: 'local' };
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
}

function endpointOf(service: string, region: string): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${service}.${region}.${suffix}`;
}

/** Node's own digest in the shape that the signer asks for. */
class Sha256 {
  readonly #secret: Uint8Array | string | undefined;
  #chunks: Uint8Array[] = [];

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined ? undefined : bytesOf(secret);
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#chunks.push(bytesOf(chunk));
  }

  digest(): Promise<Uint8Array> {
    const hash =
      this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
    for (const chunk of this.#chunks) hash.update(chunk);
    return Promise.resolve(new Uint8Array(hash.digest()));
  }

  reset(): void {
    this.#chunks = [];
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
