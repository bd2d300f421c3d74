import { isIP } from 'node:net';
import { extendedEncodeURIComponent } from '@smithy/core/protocols';
import {
  ServiceClient,
  type PresignOptions,
  type Refusal,
  type Service,
  type ServiceAnswer,
  type ServiceRequest,
  type ServiceSettings,
} from './service-client.ts';

interface ObjectAddress {
  readonly Bucket: string;
  readonly Key: string;
}

interface PutInput extends ObjectAddress {
  readonly Body?: string | Uint8Array;
  readonly ContentType?: string;
  readonly ContentLength?: number;
  readonly ChecksumSHA256?: string;
}

interface ObjectCommand {
  readonly input: ObjectAddress;
  readonly method: 'GET' | 'PUT';
  /** As it stands in the address, by which access logs and IAM tell operations apart. */
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

export class GetObjectCommand implements ObjectCommand {
  readonly method = 'GET';
  readonly operation = 'GetObject';
  readonly headers = {};
  readonly input: ObjectAddress;

  constructor(input: ObjectAddress) {
    this.input = input;
  }
}

export class PutObjectCommand implements ObjectCommand {
  readonly method = 'PUT';
  readonly operation = 'PutObject';
  readonly input: ObjectAddress;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;

  constructor(input: PutInput) {
    const { Body, ContentType, ContentLength, ChecksumSHA256 } = input;
    this.input = input;
    this.body = Body;
    this.headers = {
      'content-type': ContentType ?? 'application/octet-stream',
      ...(ContentLength === undefined ? {} : { 'content-length': String(ContentLength) }),
      ...(ChecksumSHA256 === undefined ? {} : { 'x-amz-checksum-sha256': ChecksumSHA256 }),
    };
  }
}

const service: Service = {
  name: 's3',
  environmentName: 'S3',
  attemptsMax: 3,
  retryDelayMs: 50,
  signsPathAsSent: true,
};

/** Names that can be part of a host with a certificate for one label. */
const hostLabel = /^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/;

interface S3Settings extends ServiceSettings {
  /** Emulators have no host of their own for a bucket. */
  readonly forcePathStyle?: boolean;
}

export class S3Client {
  readonly #client: ServiceClient;
  readonly #forcePathStyle: boolean;

  constructor({ forcePathStyle = false, ...settings }: S3Settings = {}) {
    this.#client = new ServiceClient(service, settings);
    this.#forcePathStyle = forcePathStyle;
  }

  destroy(): void {
    this.#client.destroy();
  }

  /** The object's bytes, as the SDK hands them out. Throws what S3 refused with, told by its name. */
  async send(command: ObjectCommand) {
    const { body } = await this.#client.exchange(this.#requestOf(command), {
      refusalOf: readRefusal,
    });
    if (command.method === 'PUT') return {};
    return {
      Body: {
        transformToByteArray: () => Promise.resolve(new Uint8Array(body)),
        transformToString: () => Promise.resolve(body.toString('utf8')),
      },
    };
  }

  /** The address that lets its bearer do this one thing, until it expires. */
  async signedUrl(command: ObjectCommand, options: PresignOptions): Promise<string> {
    const { protocol, hostname, port, path, query } = await this.#client.presign(
      this.#requestOf(command),
      options,
    );
    const words = Object.entries(query)
      .map(
        ([name, value]) =>
          `${extendedEncodeURIComponent(name)}=${extendedEncodeURIComponent(String(value))}`,
      )
      .toSorted();
    return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}?${words.join('&')}`;
  }

  #requestOf({ method, operation, input, headers, body }: ObjectCommand): ServiceRequest {
    const { Bucket, Key } = input;
    const key = Key.split('/').map(extendedEncodeURIComponent).join('/');
    const { hostname } = new URL(this.#client.endpoint());
    const isHost = !this.#forcePathStyle && hostLabel.test(Bucket) && isIP(hostname) === 0;
    return {
      method,
      path: isHost ? `/${key}` : `/${Bucket}/${key}`,
      query: { 'x-id': operation },
      headers,
      ...(body === undefined ? {} : { body }),
      ...(isHost ? { hostPrefix: `${Bucket}.` } : {}),
    };
  }
}

/** In the shape of the SDK's function of this name. */
export function getSignedUrl(
  client: S3Client,
  command: ObjectCommand,
  options: PresignOptions = {},
): Promise<string> {
  return client.signedUrl(command, options);
}

function readRefusal({ body }: ServiceAnswer): Refusal {
  const xml = body.toString('utf8');
  return {
    name: elementOf(xml, 'Code') ?? 'Unknown',
    message: elementOf(xml, 'Message') ?? 'UnknownError',
  };
}

function elementOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
