import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ObjectStore } from '#local/hosting/object-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'zhudai-objects-test-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each([{ isKept: true }, { isKept: false }])('objects, $isKept', ({ isKept }) => {
  const directory = join(folder, String(isKept));
  const store = new ObjectStore(directory, { isKept });
  store.ensureBucket('papers');
  store.ensureBucket('papers-of-others');
  const put = (key: string, text: string, bucket = 'papers') =>
    store.put(bucket, {
      key,
      body: Buffer.from(text),
      contentType: 'text/plain',
      headers: { 'x-amz-meta-of': key },
      atMs: 5,
    });
  const textOf = async (key: string) => (await store.get('papers', key))?.body.toString();

  it('are found as they were put, in order of key, and gone when they are deleted', async () => {
    await put('b/2', 'two');
    await put('b/10', 'ten');
    await put('a', 'one', 'papers-of-others');
    const stored = await put('../up', 'out?');
    expect(await store.describe('papers', '../up')).toEqual(stored);
    expect(await textOf('b/2')).toBe('two');
    expect((await store.list('papers', 'b/')).map(({ key }) => key)).toEqual(['b/10', 'b/2']);
    await store.delete('papers', 'b/2');
    await store.delete('papers', 'never there');
    expect(await store.describe('papers', 'b/2')).toBeUndefined();
    expect(await store.get('papers', 'b/2')).toBeUndefined();
    expect((await store.list('papers', '')).map(({ key }) => key)).toEqual(['../up', 'b/10']);
  });

  it('take the place of the ones before, however many are written at a time', async () => {
    await put('same', 'first');
    expect(await textOf('same')).toBe('first');
    await Promise.all(['x', 'yy', 'zzz'].map((text) => put('same', text)));
    const found = await store.get('papers', 'same');
    expect(found?.body.length).toBe(found?.object.sizeBytes);
    expect(await store.list('papers', 'same')).toHaveLength(1);
  });

  it('whose names end like descriptions are objects like any other', async () => {
    for (const key of ['copies/a', 'copies/a.json', 'copies/b.json', 'copies/c.pdf'])
      await put(key, `of ${key}`);
    const keys = async (prefix: string) =>
      (await store.list('papers', prefix)).map(({ key }) => key);
    expect(await keys('copies/')).toEqual([
      'copies/a',
      'copies/a.json',
      'copies/b.json',
      'copies/c.pdf',
    ]);
    await store.delete('papers', 'copies/a.json');
    expect(await keys('copies/a')).toEqual(['copies/a']);
  });

  it(`are ${isKept ? 'there' : 'not there'} at another start`, async () => {
    await put('kept', 'text');
    const next = new ObjectStore(directory, { isKept });
    expect((await next.describe('papers', 'kept')) !== undefined).toBe(isKept);
    const files = readdirSync(join(directory, 'papers'));
    expect(files.some((name) => name.endsWith('.json'))).toBe(isKept);
  });
});
