import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ObjectStore } from '#local/hosting/object-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'zhudai-store-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

it('keeps objects whose names end like its own descriptions apart from them', async () => {
  await mkdir(join(directory, 'papers'));
  const store = new ObjectStore(directory);
  const put = (key: string, text: string) =>
    store.put('papers', {
      key,
      body: Buffer.from(text),
      contentType: undefined,
      headers: {},
      atMs: 0,
    });
  for (const key of ['copies/a', 'copies/a.json', 'copies/b.json', 'copies/c.pdf'])
    await put(key, `of ${key}`);
  const keys = (await store.list('papers', 'copies/')).map(({ key }) => key);
  expect(keys).toEqual(['copies/a', 'copies/a.json', 'copies/b.json', 'copies/c.pdf']);
  await store.delete('papers', 'copies/a.json');
  expect((await store.list('papers', 'copies/a')).map(({ key }) => key)).toEqual(['copies/a']);
});
