import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Methods that every schema has and none of ours is asked for; held to by `test/lib/bundles.test.ts`. */
export const schemaMethodsLeftOut: readonly string[] = [
  ...['and', 'or', 'exactOptional', 'nonoptional', 'overwrite'],
  ...['register', 'isOptional', 'isNullable', 'toJSONSchema'],
  ...['parseAsync', 'safeParseAsync', 'validateAsync', 'encodeAsync', 'decodeAsync'],
  ...['safeEncode', 'safeDecode', 'safeEncodeAsync', 'safeDecodeAsync'],
];

interface Change {
  readonly wanted: RegExp;
  readonly instead: string;
  /** How often it stands there; otherwise the library was written anew and the change must be thought over. */
  readonly times: number;
}

const inSchemas: readonly Change[] = [
  // Named through a namespace that another module hands on, the helpers come whole: 5 KB.
  {
    wanted: /import \{ util \} from "\.\.\/core\/index\.js";/g,
    instead: 'import * as util from "../core/util.js";',
    times: 1,
  },
  { wanted: /\bcore\.util\./g, instead: 'util.', times: 1 },
  // Formats as they were written before version 4, each with its class: 8 KB. We write `z.email()`.
  {
    wanted: /\b(\w+)\(params\) \{\s+return this\.check\(core\._\w+\(Zod\w+, params\)\);\s+\}/g,
    instead: '$1() { throw new Error("write z.$1()"); }',
    times: 26,
  },
];

/** Every schema's methods are put anew on each of zod's classes as it is first used: 6 KB, and 2 ms of each start. */
const inMethods: readonly Change[] = [
  ...schemaMethodsLeftOut.map((name) => ({ wanted: methodOf(name), instead: '', times: 1 })),
  // What a schema says of itself is for the description of the API alone, which is made from the sources.
  ...['meta', 'describe'].map((name) => ({
    wanted: methodOf(name),
    instead: `\n    ${name}() { return this; },`,
    times: 1,
  })),
];

/** Whoever changes the prototypes of zod's classes is heard at every schema, which walks over them five times. Nobody here does. */
const inCore: readonly Change[] = [
  {
    wanted: /\n {8}const proto = _\.prototype;\n {8}for \(const k in proto\) \{[\s\S]*?\n {8}\}/g,
    instead: '',
    times: 1,
  },
];

/**
 * Leaves out of zod what nobody calls. A schema made with a method that is not there throws as its bundle is loaded, so no
 * test misses it; that none is asked to parse by one, `test/lib/bundles.test.ts` sees.
 */
export const narrowZodPlugin: Plugin = {
  name: 'narrow-zod',
  setup(build) {
    const narrow = (filter: RegExp, change: (source: string, path: string) => string): void => {
      build.onLoad({ filter }, async ({ path }) => ({
        contents: change(await readFile(path, 'utf8'), path),
        loader: 'js',
      }));
    };
    narrow(/\/zod\/v4\/classic\/schemas\.js$/, (source, path) => {
      const [before = '', methods = '', ...after] = changed(source, inSchemas, path).split(
        /(?=^export const (?:ZodType|_ZodString) = )/m,
      );
      return [before, changed(methods, inMethods, path), ...after].join('');
    });
    narrow(/\/zod\/v4\/core\/core\.js$/, (source, path) => changed(source, inCore, path));
  },
};

function changed(source: string, changes: readonly Change[], path: string): string {
  return changes.reduce((text, { wanted, instead, times }) => {
    const found = [...text.matchAll(wanted)].length;
    if (found !== times)
      throw new Error(`${path} has ${String(wanted)} ${found} times instead of ${times}`);
    return text.replaceAll(wanted, instead);
  }, source);
}

function methodOf(name: string): RegExp {
  const head = `(?:async )?${name}(?:: (?:async )?function \\w+)?\\([^)]*\\) \\{`;
  return new RegExp(`\\n {4}${head}\\n[\\s\\S]*?\\n {4}\\},`, 'g');
}
