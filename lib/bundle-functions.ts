import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { builtinsPlugin } from './constructs/builtins-plugin.ts';
import { bundlePath } from './constructs/bundle-path.ts';
import { describedOpenapiPlugin } from './constructs/described-openapi-plugin.ts';
import { narrowZodPlugin } from './constructs/narrow-zod-plugin.ts';
import { repositoryRoot } from './constructs/repository-root.ts';
import { leanClientsPlugin } from './constructs/lean-clients-plugin.ts';
import { slimLibrariesPlugin } from './constructs/slim-libraries-plugin.ts';
import { unreadValuesPlugin } from './constructs/unread-values-plugin.ts';

/** One file for Node 24 with everything in it, the AWS SDK included: what runs is what was tested, not what AWS updates. */
const options = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  absWorkingDir: repositoryRoot,
  mainFields: ['module', 'main'],
  // CommonJS inside an ESM bundle asks for `require`, which an ESM file does not have.
  banner: {
    js: "const require=process.getBuiltinModule('module').createRequire(import.meta.url);",
  },
  plugins: [
    builtinsPlugin,
    leanClientsPlugin,
    slimLibrariesPlugin,
    narrowZodPlugin,
    describedOpenapiPlugin,
    unreadValuesPlugin,
  ],
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/** Every handler: a file of a capability's folder that exports one. */
export function listEntries(): readonly string[] {
  return globSync('functions/*/*.ts', { cwd: repositoryRoot })
    .filter((file) => !file.startsWith('functions/platform/'))
    .filter((file) =>
      /^export (?:const|async function) handler\b/m.test(
        readFileSync(join(repositoryRoot, file), 'utf8'),
      ),
    )
    .sort();
}

export interface Bundle {
  readonly entry: string;
  readonly bytes: number;
}

/** Bundles handlers, each into a folder of its own, and says how large each became. One run: they share what they read. */
export async function bundleFunctions(
  directory: string,
  entries: readonly string[] = listEntries(),
): Promise<readonly Bundle[]> {
  const { metafile } = await build({
    ...options,
    entryPoints: entries.map((entry) => ({
      in: entry,
      out: join(bundlePath('.', entry), 'index'),
    })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
  });
  return Object.values(metafile.outputs).map(({ entryPoint = '', bytes }) => ({
    entry: entryPoint,
    bytes,
  }));
}
