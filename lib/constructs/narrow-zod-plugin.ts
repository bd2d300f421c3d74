import type { Plugin } from 'esbuild';
import { changed, changeFiles, type Change } from './changed-source.ts';

/** Methods that every schema has and none of ours is asked for; held to by `test/lib/bundles.test.ts`. */
export const schemaMethodsLeftOut: readonly string[] = [
  ...['and', 'or', 'exactOptional', 'nonoptional', 'overwrite'],
  ...['register', 'isOptional', 'isNullable', 'toJSONSchema'],
  ...['parseAsync', 'safeParseAsync', 'validateAsync', 'encodeAsync', 'decodeAsync'],
  ...['safeEncode', 'safeDecode', 'safeEncodeAsync', 'safeDecodeAsync'],
];

/**
 * A schema never changes once it is built, so what is written alike may be one and the same: `z.string().max(40).optional()`
 * stands in our sources dozens of times, and each is four objects of six traits. A message of its own makes it another.
 */
const SHARED = `
  const sharedOf = new WeakMap();
  function shared(owner, how, build) {
    let made = sharedOf.get(owner);
    if (made === undefined) sharedOf.set(owner, (made = new Map()));
    let schema = made.get(how);
    if (schema === undefined) made.set(how, (schema = build()));
    return schema;
  }`;

const inSharing: readonly Change[] = [
  {
    wanted:
      /\b(string|number|int|boolean|never)\((params)\) \{\s+return (core\._\w+\((\w+)), params\);\s+\}/g,
    instead: '$1($2) { return $2 ? $3, $2) : shared($4, "$1", () => $3)); }',
    times: 5,
  },
  {
    wanted: /\b(unknown)\(\) \{\s+return (core\._\w+\((\w+)\));\s+\}/g,
    instead: '$1() { return shared($3, "$1", () => $2); }',
    times: 1,
  },
  {
    wanted: /\b(optional)\((innerType)\) \{\s+return (new ZodOptional\([^;]+\));\s+\}/g,
    instead: '$1($2) { return shared($2, "$1", () => $3); }',
    times: 1,
  },
  {
    wanted:
      /\b(array)\((element), params\) \{\s+return (core\._\w+\(ZodArray, element), params\);\s+\}/g,
    instead: '$1($2, params) { return params ? $3, params) : shared($2, "$1", () => $3)); }',
    times: 1,
  },
  {
    // Of texts: min and max.
    wanted:
      /\b(min|max)\((\.\.\.args)\) \{\s+return (this\.check\(checks\.\w+\(\.\.\.args\)\));\s+\}/g,
    instead: '$1($2) { return args[1] ? $3 : shared(this, "$1 " + args[0], () => $3); }',
    times: 2,
  },
  {
    // Of numbers, whole ones and big ones.
    wanted:
      /\b(min|max)\((value, params)\) \{\s+return (this\.check\(checks\.\w+\(value, params\)\));\s+\}/g,
    instead: '$1($2) { return params ? $3 : shared(this, "$1 " + value, () => $3); }',
    times: 4,
  },
  {
    wanted: /\b(positive)\((params)\) \{\s+return (this\.check\(checks\.gt\(0, params\)\));\s+\}/g,
    instead: '$1($2) { return $2 ? $3 : shared(this, "$1", () => $3); }',
    times: 1,
  },
  {
    wanted: /\b(trim)\(\) \{\s+return (this\.check\(checks\.trim\(\)\));\s+\}/g,
    instead: '$1() { return shared(this, "$1", () => $2); }',
    times: 1,
  },
];

const inSchemas: readonly Change[] = [
  ...inSharing,
  // A parser of its own, written and compiled for every object as it first reads one: 6.3 ms instead of 1.7 for the first
  // application that a function is sent, which somebody waits for, and some microseconds less for each after it.
  {
    wanted: /\bcore\.\$ZodObjectJIT\.init\(inst, def\);/g,
    instead: 'core.$ZodObject.init(inst, def);',
    times: 1,
  },
  // How a schema is written as JSON schema: a closure on each, for the description of the API alone.
  {
    wanted: /\n {4}inst\._zod\.processJSONSchema = .*;/g,
    instead: '',
    times: 41,
  },
  // Named through a namespace that another module hands on, the helpers come whole: 5 KB.
  {
    wanted: /import \{ util \} from "\.\.\/core\/index\.js";/g,
    instead: `import * as util from "../core/util.js";\n${SHARED}`,
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
  // The forty methods that every schema has are hung on each kind of schema by itself, as it is first built; here they stand
  // on one object that all kinds are made after.
  {
    wanted: /installMembers\(target, protoMembers\);/g,
    instead: `if (name === "ZodType" && Object.getPrototypeOf(target) === Object.prototype) {
          if (common === undefined) installMembers((common = {}), protoMembers);
          Object.setPrototypeOf(target, common);
        } else installMembers(target, protoMembers);`,
    times: 1,
  },
  {
    wanted: /^export const NEVER = /gm,
    instead: 'let common;\n$&',
    times: 1,
  },
];

/** Taken over property by property, for the sake of a shape that is still to be read; no other definition has one of those. */
const inUtil: readonly Change[] = [
  {
    wanted: /export function mergeDefs\(\.\.\.defs\) \{\n/g,
    instead: `$&
    if (!defs.some((def) => Object.getOwnPropertyDescriptor(def, "shape")?.get))
        return Object.assign({}, ...defs);
`,
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
    changeFiles(build, /\/zod\/v4\/classic\/schemas\.js$/, (source, path) => {
      const [before = '', methods = '', ...after] = changed(source, inSchemas, path).split(
        /(?=^export const (?:ZodType|_ZodString) = )/m,
      );
      return [before, changed(methods, inMethods, path), ...after].join('');
    });
    changeFiles(build, /\/zod\/v4\/core\/core\.js$/, (source, path) =>
      changed(source, inCore, path),
    );
    changeFiles(build, /\/zod\/v4\/core\/util\.js$/, (source, path) =>
      changed(source, inUtil, path),
    );
  },
};

function methodOf(name: string): RegExp {
  const head = `(?:async )?${name}(?:: (?:async )?function \\w+)?\\([^)]*\\) \\{`;
  return new RegExp(`\\n {4}${head}\\n[\\s\\S]*?\\n {4}\\},`, 'g');
}
