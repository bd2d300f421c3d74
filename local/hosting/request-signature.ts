import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** An AWS request as far as its signature covers it. */
export interface SignedRequest {
  readonly method: string;
  /** As sent, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

export type SignatureVerdict =
  'Valid' | 'NotPresigned' | 'Expired' | 'SignatureDoesNotMatch' | 'Malformed';

/** Checks a presigned URL (Signature Version 4 in the query): who, for how long, and every header it binds. */
export function verifyPresigned(
  request: SignedRequest,
  { secretKey, nowMs }: { secretKey: string; nowMs: number },
): SignatureVerdict {
  const { query } = request;
  const signature = query.get('X-Amz-Signature');
  if (signature === null) return 'NotPresigned';
  const date = query.get('X-Amz-Date') ?? '';
  const [, day = '', region = '', service = ''] = (query.get('X-Amz-Credential') ?? '').split('/');
  const signedHeaders = query.get('X-Amz-SignedHeaders') ?? '';
  const startsAtMs = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  const seconds = Number(query.get('X-Amz-Expires'));
  if (Number.isNaN(startsAtMs) || !Number.isFinite(seconds) || !signedHeaders) return 'Malformed';
  if (nowMs > startsAtMs + seconds * 1000) return 'Expired';
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = [
    'AWS4-HMAC-SHA256',
    date,
    scope,
    sha256(canonicalRequest(request, signedHeaders)),
  ];
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${secretKey}`),
  );
  const expected = createHmac('sha256', key).update(toSign.join('\n')).digest();
  const given = Buffer.from(signature, 'hex');
  const isSame = given.length === expected.length && timingSafeEqual(given, expected);
  return isSame ? 'Valid' : 'SignatureDoesNotMatch';
}

function canonicalRequest(
  { method, path, query, headers }: SignedRequest,
  signedHeaders: string,
): string {
  const names = signedHeaders.split(';');
  const pairs = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([left, a], [right, b]) => (left === right ? compare(a, b) : compare(left, right)));
  return [
    method,
    path,
    pairs.map(([name, value]) => `${name}=${value}`).join('&'),
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    signedHeaders,
    headers['x-amz-content-sha256'] ?? query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
