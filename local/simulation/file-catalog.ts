import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import {
  catalogKinds,
  loadCatalogFile,
  type CatalogItem,
  type CatalogKind,
} from '../../domain/catalog/load-catalog.ts';
import type { Catalog, CatalogKey } from '../../domain/catalog/ports.ts';

const root = join(import.meta.dirname, '../../catalog');

/** The catalog as its files have it, to which a simulation may publish more. */
export class FileCatalog implements Catalog {
  readonly #items = new Map<string, unknown>();
  readonly #latest = new Map<string, number>();
  readonly #parsed = new Map<string, unknown>();

  constructor() {
    for (const kind of Object.keys(catalogKinds) as CatalogKind[]) {
      const folder = join(root, catalogKinds[kind].folder);
      for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')))
        this.publish(kind, JSON.parse(readFileSync(join(folder, file), 'utf8')));
    }
  }

  /** Publishes one version and puts it in force. */
  publish(kind: CatalogKind, content: unknown): void {
    const [version, latest] = loadCatalogFile(kind, content);
    const { idVersion }: CatalogItem = version;
    this.#items.set(`${kind} ${idVersion}`, withoutKey(version));
    const id = `${kind} ${latest.idVersion.replace(/#latest$/, '')}`;
    this.#latest.set(id, Math.max(latest.version, this.#latest.get(id) ?? 0));
  }

  find<Schema extends z.ZodType>(
    { kind, id, version }: CatalogKey,
    schema: Schema,
  ): Promise<z.infer<Schema> | undefined> {
    const inForce = version ?? this.#latest.get(`${kind} ${id}`);
    const key = `${kind} ${id}#${String(inForce).padStart(4, '0')}`;
    const item = this.#items.get(key);
    if (item === undefined) return Promise.resolve(undefined);
    // A published version never changes, and a policy pack takes a millisecond to check.
    const parsed = (this.#parsed.get(key) ?? schema.parse(item)) as z.infer<Schema>;
    this.#parsed.set(key, parsed);
    return Promise.resolve(parsed);
  }

  async versions<Schema extends z.ZodType>(
    { kind, id }: Omit<CatalogKey, 'version'>,
    schema: Schema,
  ): Promise<readonly z.infer<Schema>[]> {
    const prefix = `${kind} ${id}#`;
    const versions = [...this.#items.keys()].filter((key) => key.startsWith(prefix));
    const found = await Promise.all(
      versions.map((key) =>
        this.find({ kind, id, version: Number(key.slice(prefix.length)) }, schema),
      ),
    );
    return found.filter((item) => item !== undefined);
  }

  async list<Schema extends z.ZodType>(
    kind: string,
    schema: Schema,
  ): Promise<readonly z.infer<Schema>[]> {
    const ids = [...this.#latest.keys()].filter((key) => key.startsWith(`${kind} `));
    const found = await Promise.all(
      ids.map((key) => this.find({ kind, id: key.slice(kind.length + 1) }, schema)),
    );
    return found.filter((item) => item !== undefined);
  }
}

/** The data as they were published. */
function withoutKey(item: CatalogItem): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).filter(([name]) => name !== 'kind' && name !== 'idVersion'),
  );
}
