import type { Plugin, PluginBuild } from 'esbuild';

/**
 * Parts of libraries that every bundle would carry and no function runs, and what stands in their place. Each stands in
 * whole: what is called all the same throws and says so, and `test/lib/bundles.test.ts` calls every bundle.
 */
const absent = (what: string, names: readonly string[]): string =>
  [
    `const absent = () => { throw new Error(${JSON.stringify(`${what} is not part of this bundle`)}); };`,
    ...names.map((name) => `export { absent as ${name} };`),
  ].join('\n');

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
    // Two calls of one client; the aggregate class brings all of them along.
    filter: /^@aws-sdk\/client-kms$/,
    importer: /@aws-crypto\/kms-keyring/,
    contents: `
      import { KMSClient, DecryptCommand, EncryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
      export class KMS extends KMSClient {
        decrypt(input) { return this.send(new DecryptCommand(input)); }
        encrypt(input) { return this.send(new EncryptCommand(input)); }
        generateDataKey(input) { return this.send(new GenerateDataKeyCommand(input)); }
      }`,
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
      module.exports = { ...stream, pipeline };`,
  },
  {
    // Subscriptions of Kinesis and Transcribe.
    filter: /^@smithy\/core\/event-streams$/,
    importer: /node_modules/,
    contents: [
      absent('the event stream protocol', [
        'EventStreamSerde',
        'eventStreamSerdeProvider',
        'EventStreamMarshaller',
        'EventStreamCodec',
      ]),
      // Every S3 client asks for its settings as it is made, long before a stream is read.
      'export const resolveEventStreamSerdeConfig = (settings) => settings;',
    ].join('\n'),
  },
  {
    // Endpoint discovery is off (it serves Timestream); its cache is a list of the least recently used.
    filter: /^mnemonist\/lru-cache$/,
    importer: /@aws-sdk\/endpoint-cache/,
    contents: 'export default class extends Map { constructor() { super(); } }',
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

/** Leaves out what is never run: 364 → 321 KB for a route that reads one table, 779 → 466 KB for a step that opens a seal. */
export const slimLibrariesPlugin: Plugin = {
  name: 'slim-libraries',
  setup(build) {
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
