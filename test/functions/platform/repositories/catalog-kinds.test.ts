import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogKinds, type CatalogKind } from '#domain/catalog/load-catalog.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { catalogFiles } from '../../../domain/catalog-files.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(async () => {
  await world.stop();
});

const kinds = Object.keys(catalogKinds) as CatalogKind[];

describe('DynamoCatalog', () => {
  it.each(kinds)('reads every shipped %s back as its file has it', async (kind) => {
    const { schema, idField } = catalogKinds[kind];
    const files = catalogFiles(kind);
    expect(files.length).toBeGreaterThan(0);
    for (const { content } of files) {
      const id = String((content as Record<string, unknown>)[idField]);
      const { version } = content as { version: number };
      const catalog = new DynamoCatalog(world.documents, 'Catalog');
      expect(await catalog.find({ kind, id, version }, schema)).toEqual(schema.parse(content));
    }
  });
});
