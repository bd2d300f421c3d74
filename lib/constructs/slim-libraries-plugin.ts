import type { Plugin, PluginBuild } from 'esbuild';
import { changed, changeFiles, type Change } from './changed-source.ts';

/**
 * Parts of libraries that every bundle would carry and no function runs, and what stands in their place. Each stands in
 * whole: what is called all the same throws and says so, and `test/lib/bundles.test.ts` calls every bundle.
 */
const absent = (what: string, names: readonly string[]): string =>
  [
    `const absent = () => { throw new Error(${JSON.stringify(`${what} is not part of this bundle`)}); };`,
    ...names.map((name) => `export { absent as ${name} };`),
  ].join('\n');

/** A least-recently-used list as far as the cache of data keys uses it: what leaves it, or is too old, is disposed of. */
const LEAST_RECENTLY_USED = `
  export default class {
    #max; #dispose; #entries = new Map();
    constructor({ max, dispose }) { this.#max = max; this.#dispose = dispose; }
    set(key, value, maxAge) {
      this.del(key);
      this.#entries.set(key, { value, until: maxAge ? Date.now() + maxAge : Infinity });
      if (this.#entries.size > this.#max) this.del(this.#entries.keys().next().value);
      return true;
    }
    peek(key) {
      const entry = this.#entries.get(key);
      if (entry && entry.until < Date.now()) return this.del(key);
      return entry?.value;
    }
    get(key) {
      const value = this.peek(key);
      if (value === undefined) return undefined;
      const entry = this.#entries.get(key);
      this.#entries.delete(key);
      this.#entries.set(key, entry);
      return value;
    }
    del(key) {
      const entry = this.#entries.get(key);
      if (!entry) return;
      this.#entries.delete(key);
      this.#dispose(key, entry.value);
    }
    dumpLru() {
      const [key] = this.#entries.keys();
      return { tail: key === undefined ? null : { value: { key } } };
    }
  }`;

const absentClass = (what: string, name: string): string =>
  `export class ${name} { constructor() { throw new Error(${JSON.stringify(`${what} is not part of this bundle`)}); } }`;

interface Replacement {
  /** The import as it is written. */
  readonly filter: RegExp;
  /** Only in files of this package. */
  readonly importer: RegExp;
  readonly contents: string;
}

/** Big numbers as far as message headers use them: from a number or big-endian bytes, to bytes or back to a number. */
const BIG_NUMBER = `
  export default class {
    #value;
    constructor(given) {
      this.#value = typeof given === 'number' ? BigInt(given) : given.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    }
    toArray(order, length) {
      if (order !== 'be') throw new Error('only big-endian');
      return Array.from({ length }, (_, at) => Number((this.#value >> BigInt(8 * (length - 1 - at))) & 255n));
    }
    bitLength() { return this.#value === 0n ? 0 : this.#value.toString(2).length; }
    toNumber() { return Number(this.#value); }
  }`;

const replacements: readonly Replacement[] = [
  {
    // The package's own entry is CommonJS, of which nothing is left out; its parts are modules.
    filter: /^@aws-crypto\/client-node$/,
    importer: /functions\/platform\//,
    contents: `
      import { buildEncrypt } from '@aws-crypto/encrypt-node';
      import { buildDecrypt } from '@aws-crypto/decrypt-node';
      export { KmsKeyringNode } from '@aws-crypto/kms-keyring-node';
      export { RawAesKeyringNode, RawAesWrappingSuiteIdentifier } from '@aws-crypto/raw-aes-keyring-node';
      export { NodeCachingMaterialsManager, getLocalCryptographicMaterialsCache } from '@aws-crypto/caching-materials-manager-node';
      export { AlgorithmSuiteIdentifier, CommitmentPolicy } from '@aws-crypto/material-management-node';
      export const buildClient = (options) => ({ ...buildEncrypt(options), ...buildDecrypt(options) });`,
  },
  {
    // Keys kept in a table of their own (the hierarchical keyring): we use KMS itself.
    filter: /^@aws-crypto\/branch-keystore-node$/,
    importer: /@aws-crypto\//,
    contents: absent('the branch keystore', ['BranchKeyStoreNode', 'isIBranchKeyStoreNode']),
  },
  {
    // Signatures of messages are elliptic ones in ASN.1; our suite commits and does not sign.
    filter: /^\.\/(?:ecc_decode|ecc_encode)$/,
    importer: /@aws-crypto\/material-management\//,
    contents: 'export const decodeNamedCurves = {}; export const encodeNamedCurves = {};',
  },
  {
    filter: /^\.\/pem_helpers$/,
    importer: /@aws-crypto\/material-management\//,
    contents: absent('the key of a signature', ['publicKeyPem', 'privateKeyPem']),
  },
  {
    filter: /^\.\/ecdsa_signature$/,
    importer: /@aws-crypto\/serialize\//,
    contents: absent('the signature of a message', ['der2raw', 'raw2der']),
  },
  {
    // Lengths of eight bytes, for which a library of big numbers is carried: Node has them built in.
    filter: /^bn\.js$/,
    importer: /@aws-crypto\/serialize\//,
    contents: BIG_NUMBER,
  },
  {
    // Node's own streams of an earlier day, whose pipelines could do without a callback.
    filter: /^readable-stream$/,
    importer: /node_modules/,
    contents: `
      const stream = process.getBuiltinModule('node:stream');
      const pipeline = (...streams) =>
        stream.pipeline(...streams, ...(typeof streams.at(-1) === 'function' ? [] : [() => undefined]));
      // By name: a copy would ask for the promises too, which loads them.
      const { Duplex, PassThrough, Readable, Transform, Writable, finished } = stream;
      module.exports = { Duplex, PassThrough, Readable, Transform, Writable, finished, pipeline };`,
  },
  {
    // What browsers have instead of Node's ciphers.
    filter: /^\.\/web_crypto_algorithms$/,
    importer: /@aws-crypto\/material-management\//,
    contents: absentClass('the suite of browsers', 'WebCryptoAlgorithmSuite'),
  },
  {
    filter: /^lru-cache$/,
    importer: /@aws-crypto\/cache-material\//,
    contents: LEAST_RECENTLY_USED,
  },
  {
    // When a stream has ended: Node says so itself. It words a premature end otherwise than duplexify asks for.
    filter: /^end-of-stream$/,
    importer: /node_modules\/duplexify\//,
    contents: `
      const { finished } = process.getBuiltinModule('node:stream');
      module.exports = (stream, options, callback) =>
        finished(stream, options, (error) =>
          callback(error?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? new Error('premature close') : error));`,
  },
  {
    filter: /^inherits$/,
    importer: /node_modules\/duplexify\//,
    contents: "module.exports = process.getBuiltinModule('node:util').inherits;",
  },
  {
    // Signatures of event streams.
    filter: /^\.\/HeaderFormatter$/,
    importer: /@smithy\/signature-v4\//,
    contents: `
      export class HeaderFormatter {
        format() { throw new Error('the signature of event streams is not part of this bundle'); }
      }`,
  },
  {
    // A date after which to try again, as HTTP writes it: the engine reads it without a parser of our own.
    filter: /^@smithy\/core\/serde$/,
    importer: /middleware-retry\/parseRetryAfterHeader\.js$/,
    contents: 'export const parseRfc7231DateTime = (text) => new Date(text);',
  },
  {
    // Papers are drawn with a font of our own (`true-type-font.ts`), which wants no engine for shapes and ligatures: 800 KB.
    filter: /^fontkit$/,
    importer: /node_modules\/pdfkit\//,
    contents: absent('the engine for fonts', ['create']),
  },
  {
    // Lines of papers are broken by ours too.
    filter: /^linebreak$/,
    importer: /node_modules\/pdfkit\//,
    contents: `${absentClass('the breaking of lines', 'LineBreaker')} export default LineBreaker;`,
  },
  {
    // Papers have no pictures.
    filter: /^png-js$/,
    importer: /node_modules\/pdfkit\//,
    contents: `${absentClass('the reader of pictures', 'Png')} export default Png;`,
  },
  {
    // Papers are not encrypted by themselves; where they lie everything is.
    filter: /^@noble\/ciphers\/aes$/,
    importer: /node_modules\/pdfkit\//,
    contents: absent('the encryption of papers', ['cbc', 'ecb']),
  },
  {
    // Many invocations at once in one process, which no function of ours is set up for.
    filter: /^@aws\/lambda-invoke-store$/,
    importer: /@aws-lambda-powertools\//,
    contents: '',
  },
  {
    // Values that hold themselves: JSON has none.
    filter: /^\.\/memoizer\.js$/,
    importer: /zod\/v4\/core\//,
    contents: `
      const absent = () => { throw new Error('the compiler of schemas is not part of this bundle'); };
      export { absent as isBackEdge, absent as isRecursiveSchema };
      export const memoizer = () => undefined;`,
  },
  {
    // JSON schema of our schemas is written for the description of the API, which is made before anything is bundled.
    filter: /\/json-schema-processors\.js$/,
    importer: /zod\/v4\//,
    contents: `
      const absent = () => { throw new Error('JSON schema is not part of this bundle'); };
      module.exports = new Proxy({}, { get: (_, name) => (name === '__esModule' ? true : absent) });`,
  },
  {
    filter: /\/to-json-schema\.js$/,
    importer: /zod\/v4\//,
    contents: `
      const absent = () => { throw new Error('JSON schema is not part of this bundle'); };
      const method = () => absent;
      export { method as createStandardJSONSchemaMethod, method as createToJSONSchemaMethod };
      export { absent as extractDefs, absent as finalize, absent as handleUnrepresentable };
      export { absent as initializeContext, absent as processSchema, absent as process };`,
  },
];

/** A stream that the client of seals opens as it is loaded, and nobody reads: 3 ms, and the stream itself. */
const inDecryptClient: readonly Change[] = [
  {
    wanted: /^const \{ decryptUnsignedMessageStream, .*\n?decryptUnsignedMessageStream\(\{\}\);$/gm,
    instead: '',
    times: 1,
  },
];

/** The tables by which the passwords of papers are prepared: ours have none. */
const inPdf: readonly Change[] = [
  {
    wanted: /\bsaslprep\(password\)/g,
    instead:
      '(() => { throw new Error("the encryption of papers is not part of this bundle"); })()',
    times: 1,
  },
];

/** Leaves out what is never run: 364 → 321 KB for a route that reads one table, 779 → 466 KB for a step that opens a seal. */
export const slimLibrariesPlugin: Plugin = {
  name: 'slim-libraries',
  setup(build) {
    changeFiles(build, /\/decrypt-node\/build\/module\/src\/decrypt_client\.js$/, (source, path) =>
      changed(source, inDecryptClient, path),
    );
    changeFiles(build, /\/pdfkit\/js\/pdfkit\.node\.mjs$/, (source, path) =>
      changed(source, inPdf, path),
    );
    for (const [index, each] of replacements.entries()) replace(build, index, each);
  },
};

function replace(
  build: PluginBuild,
  index: number,
  { filter, importer, contents }: Replacement,
): void {
  const namespace = `slim-${index}`;
  build.onResolve({ filter }, (wanted) => {
    // A stand-in that is built on the real thing must find it.
    if (wanted.namespace === namespace || !importer.test(wanted.importer)) return undefined;
    return { path: wanted.path, namespace, pluginData: wanted.resolveDir, sideEffects: false };
  });
  build.onLoad({ filter: /.*/, namespace }, ({ pluginData }) => ({
    contents,
    loader: 'js',
    resolveDir: String(pluginData),
  }));
}
