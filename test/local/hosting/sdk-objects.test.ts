import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import type { AwsRequest } from '#local/hosting/aws-request.ts';
import { routeObjects } from '#local/hosting/sdk-objects.ts';
import { routeSdkRequests } from '#local/hosting/sdk-transport.ts';

const PORT = 4;
const client = new S3Client({
  endpoint: `http://127.0.0.1:${PORT}`,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const stops: (() => void)[] = [];
let direct: AwsRequest[] = [];
let throughSdk: AwsRequest[] = [];

/** Answers both ways, and tells them apart. */
function route(status = 200): void {
  direct = [];
  throughSdk = [];
  const answer = (seen: AwsRequest[]) => (request: AwsRequest) => {
    seen.push(request);
    const code =
      status === 200 ? '' : '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
    return Promise.resolve({ status, headers: { etag: '"1"' }, body: code });
  };
  stops.push(routeObjects(PORT, answer(direct)), routeSdkRequests(PORT, answer(throughSdk)));
}

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const object = { Bucket: 'papers', Key: 'a b/ü.pdf', Body: Buffer.from('%PDF') };

describe('objects that functions put', () => {
  it('come to the endpoint as the SDK would have sent them', async () => {
    route();
    const put = new PutObjectCommand({ ...object, ContentType: 'application/pdf' });
    const answer = await client.send(put);
    expect(answer.ETag).toBe('"1"');
    stops[0]?.();
    await client.send(new PutObjectCommand({ ...object, ContentType: 'application/pdf' }));
    const told = ({ method, path, headers, body }: AwsRequest) => [
      method,
      path,
      headers['content-type'],
      String(body),
    ];
    expect(direct.map(told)).toEqual(throughSdk.map(told));
    expect(direct).toHaveLength(1);
  });

  it.each([
    { ...object, Metadata: { of: 'x' } },
    { ...object, IfNoneMatch: '*' },
    { ...object, Body: 'text' },
  ])('take the way of the SDK when there is more to say: %j', async (input) => {
    route();
    await client.send(new PutObjectCommand(input));
    expect([direct.length, throughSdk.length]).toEqual([0, 1]);
  });

  it('are refused in the words of the SDK', async () => {
    route(403);
    await expect(client.send(new PutObjectCommand(object))).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
  });
});
