import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import { objectClient } from './clients.ts';
import type { ErasableObjects } from './repositories/traces.ts';

/** Objects of versioned buckets: a delete that names no version would hide them and delete nothing. */
export class S3ErasableObjects implements ErasableObjects {
  readonly #buckets: readonly string[];

  constructor(buckets: readonly string[]) {
    this.#buckets = buckets;
  }

  async eraseAll(prefix: string): Promise<void> {
    await Promise.all(this.#buckets.map((bucket) => eraseIn(bucket, prefix)));
  }
}

async function eraseIn(Bucket: string, Prefix: string): Promise<void> {
  let from: Pick<ListObjectVersionsCommandOutput, 'NextKeyMarker' | 'NextVersionIdMarker'> = {};
  do {
    const page: ListObjectVersionsCommandOutput = await objectClient().send(
      new ListObjectVersionsCommand({
        Bucket,
        Prefix,
        KeyMarker: from.NextKeyMarker,
        VersionIdMarker: from.NextVersionIdMarker,
      }),
    );
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    for (const { Key, VersionId } of found)
      await objectClient().send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    from = page.IsTruncated === true ? page : {};
  } while (from.NextKeyMarker !== undefined);
}
