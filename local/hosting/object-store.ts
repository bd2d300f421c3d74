import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/** An object whose description is only remembered: every version has a file of its own. */
interface Remembered {
  readonly stored: StoredObject;
  readonly file: string;
}

/**
 * Buckets as folders: a file for each object and its description beside it. In a store that is not `kept` for another
 * start, descriptions are remembered instead: four files an application less.
 */
export class ObjectStore {
  readonly #directory: string;
  readonly #remembered: Map<string, Remembered> | undefined;
  readonly #turns = new Map<string, Promise<void>>();
  #versions = 0;

  constructor(directory: string, { isKept = true }: { readonly isKept?: boolean } = {}) {
    this.#directory = directory;
    this.#remembered = isKept ? undefined : new Map();
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
    if (this.#remembered) return this.#remember(path, stored, body);
    return this.#inTurn(path, async () => {
      // The description comes last and whole: an object without one does not exist.
      await replaceFile(path, body);
      await replaceFile(`${path}.json`, JSON.stringify(stored));
      return stored;
    });
  }

  async describe(bucket: string, key: string): Promise<StoredObject | undefined> {
    const path = this.#pathOf(bucket, key);
    return this.#remembered ? this.#remembered.get(path)?.stored : readDescription(`${path}.json`);
  }

  async get(
    bucket: string,
    key: string,
  ): Promise<{ object: StoredObject; body: Buffer } | undefined> {
    const path = this.#pathOf(bucket, key);
    const remembered = this.#remembered?.get(path);
    if (remembered) return { object: remembered.stored, body: await readFile(remembered.file) };
    const object = await this.describe(bucket, key);
    if (!object) return undefined;
    return { object, body: await readFile(path) };
  }

  async delete(bucket: string, key: string): Promise<void> {
    const path = this.#pathOf(bucket, key);
    const remembered = this.#remembered?.get(path);
    this.#remembered?.delete(path);
    if (remembered) await rm(remembered.file, { force: true });
    await rm(`${path}.json`, { force: true });
    await rm(path, { force: true });
  }

  /** Every object whose key begins with `prefix`, in order of key. */
  async list(bucket: string, prefix: string): Promise<StoredObject[]> {
    const directory = join(this.#directory, bucket);
    if (this.#remembered) return inOrder(this.#rememberedIn(directory), prefix);
    const names = (await readdir(directory)).filter((name) => name.endsWith('.json'));
    const found = await Promise.all(names.map((name) => readDescription(join(directory, name))));
    return inOrder(
      found.filter((object) => object !== undefined),
      prefix,
    );
  }

  /** Two versions of one object written at a time would mix: the body of one, the description of the other. */
  #inTurn<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
    const done = (this.#turns.get(path) ?? Promise.resolve()).then(work);
    const turn = done.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(path, turn);
    void turn.then(() => {
      if (this.#turns.get(path) === turn) this.#turns.delete(path);
    });
    return done;
  }

  async #remember(path: string, stored: StoredObject, body: Buffer): Promise<StoredObject> {
    this.#versions += 1;
    const file = `${path}.${this.#versions}`;
    await writeFile(file, body, { mode: 0o600 });
    const before = this.#remembered?.get(path);
    this.#remembered?.set(path, { stored, file });
    // Whoever reads the version before has opened it, or finds the new one.
    if (before) await rm(before.file, { force: true });
    return stored;
  }

  #rememberedIn(directory: string): StoredObject[] {
    return [...(this.#remembered ?? [])].flatMap(([path, { stored }]) =>
      dirname(path) === directory ? [stored] : [],
    );
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

function inOrder(objects: readonly StoredObject[], prefix: string): StoredObject[] {
  return objects
    .filter(({ key }) => key.startsWith(prefix))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
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
