import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions } from '#lib/bundle-functions.ts';
import { bundlePath } from '#lib/constructs/bundle-path.ts';
import { schemas } from './schemas-to-bundle.ts';

type Name = keyof typeof schemas;

const entry = 'test/lib/schemas-to-bundle.ts';
const directory = mkdtempSync(join(tmpdir(), 'zhudai-narrow-zod-'));
let bundled: typeof schemas;

beforeAll(async () => {
  await bundleFunctions(directory, [entry]);
  const file = join(bundlePath(directory, entry), 'index.mjs');
  ({ schemas: bundled } = (await import(pathToFileURL(file).href)) as { schemas: typeof schemas });
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const values: readonly unknown[] = [
  ...[undefined, null, true, NaN, -2, -1, 0, 0.5, 1, 5, 6, 2 ** 53],
  ...['', ' ', 'no', ' abc ', 'abc', 'abcd', 'abcde'],
  ...[[], [1], [1, 2, 3], ['abc'], ['abcd'], ['abcde'], [undefined]],
  ...[{}, { short: 'abc' }, { short: 'abcd' }, { short: 'abc', maybe: 'abcd' }],
  ...[{ short: 'abc', whole: 1 }, { whole: 1.5 }, { abcd: 1 }, { abc: -1 }],
  ...[{ kind: 'text', value: 'abcd' }, { kind: 'number' }, { kind: 'none' }],
];

describe('zod in a bundle', () => {
  it.each(Object.keys(schemas) as Name[])('finds of %s what zod finds', (name) => {
    for (const value of values) {
      const [ours, theirs] = [bundled[name], schemas[name]].map((schema) =>
        schema.safeParse(value),
      );
      expect(ours?.data, JSON.stringify(value)).toEqual(theirs?.data);
      expect(ours?.error?.issues, JSON.stringify(value)).toEqual(theirs?.error?.issues);
    }
  });

  it('reads objects without writing and compiling a parser for each', () => {
    const text = readFileSync(join(bundlePath(directory, entry), 'index.mjs'), 'utf8');
    expect(text).toContain('unrecognized_keys');
    expect(text).not.toMatch(/_zod\.run\(\{ value: input|[=(:]Function\b/);
  });

  it.each<[Name, Name]>([
    ['text', 'textToo'],
    ['short', 'shortToo'],
    ['trimmed', 'trimmedToo'],
    ['maybe', 'maybeToo'],
    ['wholeUpTo', 'wholeUpToToo'],
    ['list', 'listToo'],
  ])('builds %s once, and %s is the same', (one, other) => {
    expect(bundled[one]).toBe(bundled[other]);
    expect(schemas[one]).not.toBe(schemas[other]);
  });

  it.each<[Name, Name]>([
    ['text', 'textWithMessage'],
    ['short', 'shortWithMessage'],
    ['short', 'longer'],
    ['wholeUpTo', 'wholeUpToWithMessage'],
    ['list', 'listOfLonger'],
    ['list', 'listWithMessage'],
    ['positive', 'positiveWithMessage'],
  ])('keeps %s and %s apart', (one, other) => {
    expect(bundled[one]).not.toBe(bundled[other]);
  });
});
