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
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
}

interface PutInput extends ObjectAddress {
  readonly Body?: string | Uint8Array;
  readonly ContentType?: string;
  readonly ContentLength?: number;
  readonly ChecksumSHA256?: string;
}

interface ObjectCommand {
  readonly input: ObjectAddress;
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** What stands in the address beside bucket and key. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** What the SDK makes of the answer's body. */
  read(body: Buffer): object;
}

export class GetObjectCommand implements ObjectCommand {
  readonly method = 'GET';
  // By it access logs tell operations apart that are told by their method alone.
  readonly query = { 'x-id': 'GetObject' };
  readonly headers = {};
  readonly input: ObjectAddress;

  constructor(input: ObjectAddress) {
    this.input = input;
  }

  read(body: Buffer) {
    return {
      Body: {
        transformToByteArray: () => Promise.resolve(new Uint8Array(body)),
        transformToString: () => Promise.resolve(body.toString('utf8')),
      },
    };
  }
}

/** Deletes one version for good; without a version it only hides the object. */
export class DeleteObjectCommand implements ObjectCommand {
  readonly method = 'DELETE';
  readonly query: Readonly<Record<string, string>>;
  readonly headers = {};
  readonly input: ObjectAddress;

  constructor(input: ObjectAddress & { readonly VersionId?: string | undefined }) {
    this.input = input;
    this.query = given({ 'x-id': 'DeleteObject', versionId: input.VersionId });
  }

  read() {
    return {};
  }
}

interface ListInput {
  readonly Bucket?: string | undefined;
  readonly Prefix?: string | undefined;
  readonly KeyMarker?: string | undefined;
  readonly VersionIdMarker?: string | undefined;
}

/** The versions of objects, a thousand at a time; of each what it takes to delete it. */
export class ListObjectVersionsCommand implements ObjectCommand {
  readonly method = 'GET';
  readonly query: Readonly<Record<string, string>>;
  readonly headers = {};
  readonly input: ObjectAddress;

  constructor({ Bucket, Prefix, KeyMarker, VersionIdMarker }: ListInput) {
    this.input = { Bucket };
    this.query = given({
      versions: '',
      prefix: Prefix,
      'key-marker': KeyMarker,
      'version-id-marker': VersionIdMarker,
    });
  }

  read(body: Buffer) {
    const xml = body.toString('utf8');
    // What is listed has fields of the same names.
    const page = xml.replaceAll(/<(Version|DeleteMarker|CommonPrefixes)>[^]*?<\/\1>/g, '');
    const listed = (name: string) =>
      [...xml.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))].map(([, inner = '']) => ({
        Key: elementOf(inner, 'Key'),
        VersionId: elementOf(inner, 'VersionId'),
      }));
    return {
      IsTruncated: elementOf(page, 'IsTruncated') === 'true',
      NextKeyMarker: elementOf(page, 'NextKeyMarker'),
      NextVersionIdMarker: elementOf(page, 'NextVersionIdMarker'),
      Versions: listed('Version'),
      DeleteMarkers: listed('DeleteMarker'),
    };
  }
}

function given(
  words: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(words).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

export class PutObjectCommand implements ObjectCommand {
  readonly method = 'PUT';
  readonly query = { 'x-id': 'PutObject' };
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

  read() {
    return {};
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

  /** The answer, as the SDK hands it out. Throws what S3 refused with, told by its name. */
  async send<Command extends ObjectCommand>(command: Command): Promise<ReturnType<Command['read']>>;
  async send(command: ObjectCommand): Promise<object> {
    const { body } = await this.#client.exchange(this.#requestOf(command), {
      refusalOf: readRefusal,
    });
    return command.read(body);
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

  #requestOf({ method, query, input, headers, body }: ObjectCommand): ServiceRequest {
    const { Bucket = '', Key = '' } = input;
    const key = Key.split('/').map(extendedEncodeURIComponent).join('/');
    const { hostname } = new URL(this.#client.endpoint());
    const isHost = !this.#forcePathStyle && hostLabel.test(Bucket) && isIP(hostname) === 0;
    return {
      method,
      path: isHost ? `/${key}` : `/${Bucket}/${key}`,
      query,
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
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replaceAll(/&(#x?[0-9a-f]+|amp|lt|gt|quot|apos);/gi, (_, entity: string) =>
    characterOf(entity),
  );
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function characterOf(entity: string): string {
  if (!entity.startsWith('#')) return entities[entity.toLowerCase()] ?? '';
  const isHex = entity[1]?.toLowerCase() === 'x';
  return String.fromCodePoint(Number.parseInt(entity.slice(isHex ? 2 : 1), isHex ? 16 : 10));
}
