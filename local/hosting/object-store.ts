import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const StoredObject = z.object({
  key: z.string(),
  sizeBytes: z.number(),
  etag: z.string(),
  sha256: z.string(),
  contentType: z.string().optional(),
  headers: z.record(z.string(), z.string()),
  lastModifiedMs: z.number(),
});
export type StoredObject = z.infer<typeof StoredObject>;

export interface PutObject {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string | undefined;
  /** `x-amz-meta-*` and what else is given back as it came. */
  readonly headers: Readonly<Record<string, string>>;
  readonly atMs: number;
}

/** Longer names do not fit a file system. */
const FILE_NAME_BYTES_MAX = 200;

/** Buckets as folders: a file for each object and its description beside it. */
export class ObjectStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  ensureBucket(bucket: string): void {
    mkdirSync(join(this.#directory, bucket), { recursive: true, mode: 0o700 });
  }

  hasBucket(bucket: string): boolean {
    return existsSync(join(this.#directory, bucket));
  }

  async put(
    bucket: string,
    { key, body, contentType, headers, atMs }: PutObject,
  ): Promise<StoredObject> {
    const path = this.#pathOf(bucket, key);
    const stored: StoredObject = {
      key,
      sizeBytes: body.length,
      etag: createHash('md5').update(body).digest('hex'),
      sha256: createHash('sha256').update(body).digest('base64'),
      headers: { ...headers },
      lastModifiedMs: atMs,
      ...(contentType !== undefined && { contentType }),
    };
    // The description comes last and whole: an object without one does not exist.
    await replaceFile(path, body);
    await replaceFile(`${path}.json`, JSON.stringify(stored));
    return stored;
  }

  async describe(bucket: string, key: string): Promise<StoredObject | undefined> {
    return readDescription(`${this.#pathOf(bucket, key)}.json`);
  }

  async get(
    bucket: string,
    key: string,
  ): Promise<{ object: StoredObject; body: Buffer } | undefined> {
    const object = await this.describe(bucket, key);
    if (!object) return undefined;
    return { object, body: await readFile(this.#pathOf(bucket, key)) };
  }

  async delete(bucket: string, key: string): Promise<void> {
    const path = this.#pathOf(bucket, key);
    await rm(`${path}.json`, { force: true });
    await rm(path, { force: true });
  }

  /** Every object whose key begins with `prefix`, in order of key. */
  async list(bucket: string, prefix: string): Promise<StoredObject[]> {
    const directory = join(this.#directory, bucket);
    const names = (await readdir(directory)).filter((name) => name.endsWith('.json'));
    const found = await Promise.all(names.map((name) => readDescription(join(directory, name))));
    return found
      .filter((object) => object !== undefined)
      .filter(({ key }) => key.startsWith(prefix))
      .sort((left, right) => (left.key < right.key ? -1 : 1));
  }

  #pathOf(bucket: string, key: string): string {
    // Encoded, a key has no slash and no dots that lead out of the folder.
    const name = encodeURIComponent(key)
      .replaceAll('.', '%2E')
      // What ends in .json is a description of an object: an object of such a name is not.
      .replace(/%2E(?!json$)(?=[^%]*$)/, '.');
    const isLong = name.length > FILE_NAME_BYTES_MAX;
    const file = isLong ? createHash('sha256').update(key).digest('hex') : `o-${name}`;
    return join(this.#directory, bucket, file);
  }
}

async function replaceFile(path: string, content: Buffer | string): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  await writeFile(partial, content, { mode: 0o600 });
  await rename(partial, path);
}

async function readDescription(path: string): Promise<StoredObject | undefined> {
  try {
    return StoredObject.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
