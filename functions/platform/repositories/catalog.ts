import { GetCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Catalog, CatalogKey } from '#domain/catalog/ports.ts';

const Pointer = z.object({ version: z.int() });
const Stored = z.looseObject({ kind: z.string(), idVersion: z.string() });

interface Parsed {
  readonly schema: z.ZodType;
  readonly value: unknown;
}

function isOutputOf<Schema extends z.ZodType>(
  schema: Schema,
  parsed: Parsed | undefined,
): parsed is Parsed & { readonly value: z.infer<Schema> } {
  return parsed?.schema === schema;
}

/** How long the version in force may lag behind a publication. A pinned version never changes and is kept for good. */
const LATEST_FRESH_MS = 30_000;

/**
 * The catalog in DynamoDB. Items are flat: kind, idVersion (`<id>#0001`), version and the data themselves; `<id>#latest`
 * points to the version in force. Read through a cache, since every request needs it and it changes a few times a month.
 */
export class DynamoCatalog implements Catalog {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #pinned = new Map<string, Promise<unknown>>();
  readonly #latest = new Map<string, { readonly value: Promise<unknown>; readonly at: number }>();
  readonly #parsed = new WeakMap<object, WeakMap<z.ZodType, Parsed>>();

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find<Schema extends z.ZodType>(
    { kind, id, version }: CatalogKey,
    schema: Schema,
  ): Promise<z.infer<Schema> | undefined> {
    const inForce = version ?? (await this.#latestVersion(kind, id));
    if (inForce === undefined) return undefined;
    const idVersion = `${id}#${String(inForce).padStart(4, '0')}`;
    const item = await this.#pinnedItem(kind, idVersion);
    return item === undefined ? undefined : this.#parse(item, schema);
  }

  async list<Schema extends z.ZodType>(
    kind: string,
    schema: Schema,
  ): Promise<readonly z.infer<Schema>[]> {
    const items = await this.#fresh(`${kind} *`, () => this.#queryKind(kind));
    const ids = z.array(z.string()).parse(items);
    const found = await Promise.all(ids.map((id) => this.find({ kind, id }, schema)));
    return found.filter((item) => item !== undefined);
  }

  async versions<Schema extends z.ZodType>(
    { kind, id }: Omit<CatalogKey, 'version'>,
    schema: Schema,
  ): Promise<readonly z.infer<Schema>[]> {
    const numbers = await this.#fresh(`${kind} ${id}#`, () => this.#queryVersions(kind, id));
    const found = await Promise.all(
      z
        .array(z.int())
        .parse(numbers)
        .map((version) => this.find({ kind, id, version }, schema)),
    );
    return found.filter((item) => item !== undefined);
  }

  async #latestVersion(kind: string, id: string): Promise<number | undefined> {
    const pointer = await this.#fresh(`${kind} ${id}`, () => this.#get(kind, `${id}#latest`));
    return pointer === undefined ? undefined : Pointer.parse(pointer).version;
  }

  #fresh(key: string, read: () => Promise<unknown>): Promise<unknown> {
    const cached = this.#latest.get(key);
    if (cached && Date.now() - cached.at < LATEST_FRESH_MS) return cached.value;
    const value = read();
    this.#latest.set(key, { value, at: Date.now() });
    value.catch(() => this.#latest.delete(key));
    return value;
  }

  async #pinnedItem(kind: string, idVersion: string): Promise<unknown> {
    const key = `${kind} ${idVersion}`;
    const cached = this.#pinned.get(key);
    if (cached) return cached;
    const value = this.#get(kind, idVersion);
    this.#pinned.set(key, value);
    // What is not there yet may come; what failed may succeed.
    value.then(
      (item) => item === undefined && this.#pinned.delete(key),
      () => this.#pinned.delete(key),
    );
    return value;
  }

  /** Parses an item once per schema: a scorecard is read by every decision. */
  #parse<Schema extends z.ZodType>(item: unknown, schema: Schema): z.infer<Schema> {
    if (typeof item !== 'object' || item === null) return schema.parse(item);
    const known = this.#parsed.get(item)?.get(schema);
    if (isOutputOf(schema, known)) return known.value;
    const value = schema.parse(item);
    const bySchema = this.#parsed.get(item) ?? new WeakMap<z.ZodType, Parsed>();
    this.#parsed.set(item, bySchema.set(schema, { schema, value }));
    return value;
  }

  async #get(kind: string, idVersion: string): Promise<unknown> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key: { kind, idVersion } }),
    );
    return Item === undefined ? undefined : withoutKeys(Item);
  }

  /** The numbers of the versions of one item. `#0` leaves out the pointer and every longer id. */
  async #queryVersions(kind: string, id: string): Promise<number[]> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: 'kind = :kind AND begins_with(idVersion, :prefix)',
        ProjectionExpression: '#version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':kind': kind, ':prefix': `${id}#0` },
      }),
    );
    return Items.map((item) => Pointer.parse(item).version);
  }

  /** The ids of a kind: those with a version in force. A kind is a handful of items, so one query reads it. */
  async #queryKind(kind: string): Promise<string[]> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: 'kind = :kind',
        ProjectionExpression: 'kind, idVersion',
        ExpressionAttributeValues: { ':kind': kind },
      }),
    );
    return Items.map((item) => Stored.parse(item).idVersion)
      .filter((idVersion) => idVersion.endsWith('#latest'))
      .map((idVersion) => idVersion.slice(0, -'#latest'.length));
  }
}

/** The data as their file has them: the table's keys are no fields of theirs, and a strict schema would refuse them. */
function withoutKeys(item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).filter(([name]) => name !== 'kind' && name !== 'idVersion'),
  );
}
