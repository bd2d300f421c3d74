import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import type { Catalog, CatalogKey } from '#domain/catalog/ports.ts';
import { catalogKinds, loadCatalogFile, type CatalogKind } from '#domain/catalog/load-catalog.ts';

const root = join(import.meta.dirname, '../../catalog');

/** The catalog as its files have it: the very data the platform is seeded with. */
export class InMemoryCatalog implements Catalog {
  readonly #items = new Map<string, unknown>();
  readonly #latest = new Map<string, number>();

  put(kind: string, { idVersion, ...item }: { idVersion: string; version: number }): void {
    if (idVersion.endsWith('#latest'))
      this.#latest.set(`${kind} ${idVersion.replace(/#latest$/, '')}`, item.version);
    else this.#items.set(`${kind} ${idVersion}`, item);
  }

  find<Schema extends z.ZodType>(
    { kind, id, version }: CatalogKey,
    schema: Schema,
  ): Promise<z.infer<Schema> | undefined> {
    const inForce = version ?? this.#latest.get(`${kind} ${id}`);
    const item = this.#items.get(`${kind} ${id}#${String(inForce).padStart(4, '0')}`);
    return Promise.resolve(item === undefined ? undefined : schema.parse(item));
  }

  async versions<Schema extends z.ZodType>(
    { kind, id }: Omit<CatalogKey, 'version'>,
    schema: Schema,
  ): Promise<readonly z.infer<Schema>[]> {
    const prefix = `${kind} ${id}#`;
    const versions = [...this.#items.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => Number(key.slice(prefix.length)));
    const found = await Promise.all(
      versions.map((version) => this.find({ kind, id, version }, schema)),
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

/** Every item the files of `catalog/` make, as they are stored: of several versions one pointer, to the newest. */
export function catalogItems(): ReturnType<typeof loadCatalogFile>[number][] {
  const items = (Object.keys(catalogKinds) as CatalogKind[]).flatMap((kind) => {
    const folder = join(root, catalogKinds[kind].folder);
    return readdirSync(folder).flatMap((file) => [
      ...loadCatalogFile(kind, JSON.parse(readFileSync(join(folder, file), 'utf8'))),
    ]);
  });
  const byKey = new Map<string, (typeof items)[number]>();
  for (const item of items.toSorted((one, other) => one.version - other.version))
    byKey.set(`${item.kind} ${item.idVersion}`, item);
  return [...byKey.values()];
}

export function inMemoryCatalog(): InMemoryCatalog {
  const catalog = new InMemoryCatalog();
  for (const { kind, ...item } of catalogItems()) catalog.put(kind, item);
  return catalog;
}
