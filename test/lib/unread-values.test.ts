import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { markValues } from '#lib/constructs/unread-values-plugin.ts';

/** What of a module is left in a bundle that reads only what it exports. */
async function bundled(source: string): Promise<string> {
  const { code } = await transform(markValues(source), {
    loader: 'ts',
    format: 'esm',
    treeShaking: true,
    minifySyntax: true,
  });
  return code.trim().replaceAll(/\s+/g, ' ');
}

describe('markValues', () => {
  it.each([
    ['a chain of calls', "const Name = z.string().regex(new RegExp(`^${tail}$`), 'a name');"],
    [
      'a schema of schemas',
      'const Name = z.strictObject({ id: Id.optional(), all: z.array(Id) });',
    ],
    ['what a getter answers', 'const names = Status.options;'],
    ['what is taken by its name', 'const one = table[name];'],
    ['what is spread', 'const all = [...some, ...rest] as const;'],
    ['a new object', 'const seen = new Registry(names);'],
    ['one of several', 'const one = first(), other: Fact = second() satisfies Fact;'],
    ['what reads another that nobody reads', 'const one = first(); const other = one.two();'],
  ])('lets %s go that nobody reads', async (_, source) => {
    expect(await bundled(source)).toBe('');
  });

  it('leaves what is read as it is written, with nothing around it', async () => {
    expect(await bundled('export const Id = z.string().min(1), Short = Id.max(2);')).toBe(
      'const Id = z.string().min(1), Short = Id.max(2); export { Id, Short };',
    );
  });

  it.each([
    [
      'a statement',
      'const list = new List(); list.add(1);',
      'const list = new List(); list.add(1);',
    ],
    ['what changes later', 'let count = start();', 'let count = start();'],
    ['what is taken apart', 'const { a } = both();', 'const { a } = both();'],
  ])('keeps %s', async (_, source, kept) => {
    expect(await bundled(source)).toBe(kept);
  });

  it('keeps the names of functions', () => {
    const source = 'const double = (value: number): number => twice(value);';
    expect(markValues(source)).toBe(source);
  });
});
