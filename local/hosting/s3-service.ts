import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { xmlAnswer, xmlText, type AwsAnswer, type AwsRequest } from './aws-request.ts';
import type { Events } from './events.ts';
import { ObjectStore, type StoredObject } from './object-store.ts';
import { verifyPresigned } from './request-signature.ts';
import type { Resource } from './template.ts';

const BucketProperties = z.object({
  BucketEncryption: z
    .object({
      ServerSideEncryptionConfiguration: z.array(
        z.object({
          ServerSideEncryptionByDefault: z.object({ KMSMasterKeyID: z.string().optional() }),
        }),
      ),
    })
    .optional(),
  NotificationConfiguration: z
    .object({
      EventBridgeConfiguration: z
        .object({ EventBridgeEnabled: z.boolean().default(true) })
        .optional(),
    })
    .default({}),
});

export interface S3Options {
  readonly buckets: readonly Resource[];
  readonly directory: string;
  /** Whether another start is to find what is here. */
  readonly isKept?: boolean;
  readonly events: Events;
  readonly clock: Clock;
  readonly secretKey: string;
}

/** An error as S3 says it. */
class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const KEYS_PER_PAGE_MAX = 1000;

/** The part of S3's REST interface that handlers, browsers with presigned URLs and the AWS CLI use on objects. */
export class S3Service {
  readonly #store: ObjectStore;
  readonly #options: S3Options;
  readonly #buckets = new Map<string, { tellsEvents: boolean; keyArn: string | undefined }>();

  constructor(options: S3Options) {
    this.#options = options;
    this.#store = new ObjectStore(options.directory, { isKept: options.isKept ?? true });
    for (const { name, properties } of options.buckets) {
      const { BucketEncryption, NotificationConfiguration } = BucketProperties.parse(properties);
      const [encryption] = BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
      const tellsEvents =
        NotificationConfiguration.EventBridgeConfiguration?.EventBridgeEnabled ?? false;
      this.#buckets.set(name, {
        tellsEvents,
        keyArn: encryption?.ServerSideEncryptionByDefault.KMSMasterKeyID,
      });
      this.#store.ensureBucket(name);
    }
  }

  /** The KMS key that a bucket's objects are encrypted with, where it has one. */
  keyArn(bucket: string): string | undefined {
    return this.#buckets.get(bucket)?.keyArn;
  }

  async answer(request: AwsRequest): Promise<AwsAnswer> {
    try {
      return await this.#answer(request);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const xml = `<Error><Code>${error.code}</Code><Message>${xmlText(error.message)}</Message></Error>`;
      return request.method === 'HEAD'
        ? { status: error.status, headers: {}, body: '' }
        : xmlAnswer(error.status, xml);
    }
  }

  /** Reads an object for the interpreter. */
  async readText(bucket: string, key: string): Promise<string> {
    const found = await this.#store.get(bucket, key);
    if (!found) throw new S3Error(404, 'NoSuchKey', `no object ${key}`);
    return found.body.toString('utf8');
  }

  async writeText(bucket: string, key: string, body: string): Promise<void> {
    const contentType = 'application/json';
    await this.#put(bucket, { key, body: Buffer.from(body), contentType, headers: {} });
  }

  async #answer(request: AwsRequest): Promise<AwsAnswer> {
    this.#authorise(request);
    const [, bucket = '', ...rest] = request.path.split('/');
    const key = rest.map(decodeURIComponent).join('/');
    if (bucket === '') return this.#listBuckets();
    if (!this.#buckets.has(bucket))
      throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (key === '') return this.#answerBucket(request, bucket);
    const { query } = request;
    switch (request.method) {
      case 'PUT':
        return this.#putObject(request, bucket, key);
      case 'GET':
      case 'HEAD':
        return this.#getObject(request, bucket, key);
      case 'DELETE':
        if (![null, 'null'].includes(query.get('versionId')))
          throw new S3Error(400, 'InvalidArgument', 'Invalid version id specified');
        await this.#store.delete(bucket, key);
        return { status: 204, headers: {}, body: '' };
      default:
        throw new S3Error(
          405,
          'MethodNotAllowed',
          'The method is not allowed against this resource',
        );
    }
  }

  #authorise(request: AwsRequest): void {
    const { secretKey, clock } = this.#options;
    const verdict = verifyPresigned(request, { secretKey, nowMs: clock.now() });
    switch (verdict) {
      case 'Valid':
        return;
      case 'NotPresigned':
        // On this machine whoever may reach the port may use it: any credentials do, as with DynamoDB Local.
        if (request.headers['authorization'] === undefined)
          throw new S3Error(403, 'AccessDenied', 'Access Denied');
        return;
      case 'Expired':
        throw new S3Error(403, 'AccessDenied', 'Request has expired');
      case 'Malformed':
        throw new S3Error(
          400,
          'AuthorizationQueryParametersError',
          'Query-string authentication is incomplete',
        );
      case 'SignatureDoesNotMatch':
        throw new S3Error(
          403,
          'SignatureDoesNotMatch',
          'The request signature we calculated does not match the signature you provided',
        );
    }
  }

  #listBuckets(): AwsAnswer {
    const buckets = [...this.#buckets.keys()]
      .map(
        (name) =>
          `<Bucket><Name>${xmlText(name)}</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket>`,
      )
      .join('');
    return xmlAnswer(
      200,
      `<ListAllMyBucketsResult><Owner><ID>local</ID></Owner><Buckets>${buckets}</Buckets></ListAllMyBucketsResult>`,
    );
  }

  async #answerBucket({ method, query }: AwsRequest, bucket: string): Promise<AwsAnswer> {
    if (method === 'HEAD') return { status: 200, headers: {}, body: '' };
    if (method !== 'GET')
      throw new S3Error(501, 'NotImplemented', 'buckets are made from the template alone');
    if (query.has('location'))
      return xmlAnswer(
        200,
        '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>',
      );
    return query.has('versions')
      ? this.#listVersions(query, bucket)
      : this.#listObjects(query, bucket);
  }

  /** What is put over an object replaces it here: each has one version, which S3 calls `null` where it keeps no others. */
  async #listVersions(query: URLSearchParams, bucket: string): Promise<AwsAnswer> {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('key-marker') ?? '';
    const limit = Math.min(Number(query.get('max-keys') ?? KEYS_PER_PAGE_MAX), KEYS_PER_PAGE_MAX);
    const rest = (await this.#store.list(bucket, prefix)).filter(({ key }) => key > after);
    const page = rest.slice(0, limit);
    const isTruncated = rest.length > page.length;
    const next = isTruncated
      ? `<NextKeyMarker>${xmlText(page.at(-1)?.key ?? '')}</NextKeyMarker><NextVersionIdMarker>null</NextVersionIdMarker>`
      : '';
    return xmlAnswer(
      200,
      `<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${xmlText(bucket)}</Name>` +
        `<Prefix>${xmlText(prefix)}</Prefix><MaxKeys>${limit}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>` +
        `${next}${page.map(versionXml).join('')}</ListVersionsResult>`,
    );
  }

  async #listObjects(query: URLSearchParams, bucket: string): Promise<AwsAnswer> {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const limit = Math.min(Number(query.get('max-keys') ?? KEYS_PER_PAGE_MAX), KEYS_PER_PAGE_MAX);
    const delimiter = query.get('delimiter') ?? '';
    const found = await this.#store.list(bucket, prefix);
    const groups = new Set<string>();
    const plain = found.filter(({ key }) => {
      const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      if (at >= 0) groups.add(key.slice(0, at + delimiter.length));
      return at < 0 && key > after;
    });
    const page = plain.slice(0, limit);
    const isTruncated = plain.length > page.length;
    const next = isTruncated
      ? `<NextContinuationToken>${xmlText(page.at(-1)?.key ?? '')}</NextContinuationToken>`
      : '';
    return xmlAnswer(
      200,
      `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${xmlText(bucket)}</Name>` +
        `<Prefix>${xmlText(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${limit}</MaxKeys>` +
        `<IsTruncated>${isTruncated}</IsTruncated>${next}${page.map(contentsXml).join('')}` +
        [...groups]
          .map((group) => `<CommonPrefixes><Prefix>${xmlText(group)}</Prefix></CommonPrefixes>`)
          .join('') +
        '</ListBucketResult>',
    );
  }

  async #putObject(request: AwsRequest, bucket: string, key: string): Promise<AwsAnswer> {
    const { headers, query } = request;
    if (headers['x-amz-copy-source'] !== undefined || query.has('uploadId'))
      throw new S3Error(
        501,
        'NotImplemented',
        'copies and multipart uploads are not implemented here',
      );
    const body = decodeChunks(headers, request.body);
    if (headers['if-none-match'] === '*' && (await this.#store.describe(bucket, key)))
      throw new S3Error(
        412,
        'PreconditionFailed',
        'At least one of the pre-conditions you specified did not hold',
      );
    verifyChecksums(request, body);
    const kept: Record<string, string> = {};
    for (const [name, value] of [...Object.entries(headers), ...query])
      if (/^x-amz-meta-|^cache-control$|^content-disposition$/i.test(name))
        kept[name.toLowerCase()] = value;
    const contentType = headers['content-type'];
    const stored = await this.#put(bucket, { key, body, contentType, headers: kept });
    return {
      status: 200,
      headers: { etag: `"${stored.etag}"`, 'x-amz-checksum-sha256': stored.sha256 },
      body: '',
    };
  }

  async #put(
    bucket: string,
    given: {
      key: string;
      body: Buffer;
      contentType: string | undefined;
      headers: Record<string, string>;
    },
  ): Promise<StoredObject> {
    const { clock, events } = this.#options;
    const stored = await this.#store.put(bucket, { ...given, atMs: clock.now() });
    if (this.#buckets.get(bucket)?.tellsEvents === true)
      await events.putServiceEvent({
        source: 'aws.s3',
        'detail-type': 'Object Created',
        resources: [`arn:aws:s3:::${bucket}`],
        detail: {
          version: '0',
          bucket: { name: bucket },
          object: {
            key: given.key,
            size: stored.sizeBytes,
            etag: stored.etag,
            sequencer: stored.lastModifiedMs.toString(16).toUpperCase(),
          },
          'request-id': stored.etag.slice(0, 16).toUpperCase(),
          requester: '000000000000',
          'source-ip-address': '127.0.0.1',
          reason: 'PutObject',
        },
      });
    return stored;
  }

  async #getObject(request: AwsRequest, bucket: string, key: string): Promise<AwsAnswer> {
    const { method, headers, query } = request;
    const found = await this.#store.get(bucket, key);
    if (!found) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
    const { object } = found;
    if (headers['if-none-match'] === `"${object.etag}"`)
      return { status: 304, headers: {}, body: '' };
    const range = /^bytes=(\d*)-(\d*)$/.exec(headers['range'] ?? '');
    const { body, status, extra } = range
      ? sliced(found.body, range)
      : { body: found.body, status: 200, extra: {} };
    const common: Record<string, string> = {
      ...object.headers,
      'content-type':
        query.get('response-content-type') ?? object.contentType ?? 'binary/octet-stream',
      'content-length': String(body.length),
      etag: `"${object.etag}"`,
      'last-modified': new Date(object.lastModifiedMs).toUTCString(),
      'accept-ranges': 'bytes',
      ...extra,
    };
    const disposition = query.get('response-content-disposition');
    if (disposition !== null) common['content-disposition'] = disposition;
    if (headers['x-amz-checksum-mode'] === 'ENABLED' && !range)
      common['x-amz-checksum-sha256'] = object.sha256;
    return { status, headers: common, body: method === 'HEAD' ? '' : body };
  }
}

function sliced(
  whole: Buffer,
  [, from = '', to = '']: readonly string[],
): { body: Buffer; status: number; extra: Record<string, string> } {
  const start = from === '' ? Math.max(0, whole.length - Number(to)) : Number(from);
  const end = from === '' || to === '' ? whole.length - 1 : Math.min(Number(to), whole.length - 1);
  if (start > end) throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable');
  return {
    body: whole.subarray(start, end + 1),
    status: 206,
    extra: { 'content-range': `bytes ${start}-${end}/${whole.length}` },
  };
}

function contentsXml({ key, etag, sizeBytes, lastModifiedMs }: StoredObject): string {
  return (
    `<Contents><Key>${xmlText(key)}</Key><LastModified>${new Date(lastModifiedMs).toISOString()}</LastModified>` +
    `<ETag>&quot;${etag}&quot;</ETag><Size>${sizeBytes}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  );
}

function versionXml({ key, etag, sizeBytes, lastModifiedMs }: StoredObject): string {
  return (
    `<Version><Key>${xmlText(key)}</Key><VersionId>null</VersionId><IsLatest>true</IsLatest>` +
    `<LastModified>${new Date(lastModifiedMs).toISOString()}</LastModified>` +
    `<ETag>&quot;${etag}&quot;</ETag><Size>${sizeBytes}</Size><StorageClass>STANDARD</StorageClass></Version>`
  );
}

/** What the sender says the bytes hash to must be what they hash to. */
function verifyChecksums({ headers, query }: AwsRequest, body: Buffer): void {
  const given = (name: string): string | undefined =>
    headers[name] ?? [...query].find(([each]) => each.toLowerCase() === name)?.[1];
  const sha256 = given('x-amz-checksum-sha256');
  if (sha256 !== undefined && sha256 !== createHash('sha256').update(body).digest('base64'))
    throw new S3Error(
      400,
      'BadDigest',
      'The SHA256 you specified did not match the calculated checksum.',
    );
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64'))
    throw new S3Error(
      400,
      'BadDigest',
      'The Content-MD5 you specified did not match what we received.',
    );
  const payload = headers['x-amz-content-sha256'];
  if (payload !== undefined && /^[0-9a-f]{64}$/.test(payload))
    if (payload !== createHash('sha256').update(body).digest('hex'))
      throw new S3Error(
        400,
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
}

/** SDKs that stream send `aws-chunked` bodies: sizes in hexadecimal between the pieces, checksums behind. */
function decodeChunks(headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const isChunked =
    headers['content-encoding']?.includes('aws-chunked') === true ||
    headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true;
  if (!isChunked) return body;
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, lineEnd).toString('latin1'), 16);
    if (!(size > 0)) break;
    pieces.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(pieces);
}
