import { readFile } from 'node:fs/promises';
import type { PluginBuild } from 'esbuild';

/** What is written otherwise in a file of a library. */
export interface Change {
  readonly wanted: RegExp;
  readonly instead: string;
  /** How often it stands there; otherwise the library was written anew and the change must be thought over. */
  readonly times: number;
}

/** The source with every change made; fails where one does not find what it was written for. */
export function changed(source: string, changes: readonly Change[], path: string): string {
  return changes.reduce((text, { wanted, instead, times }) => {
    const found = [...text.matchAll(wanted)].length;
    if (found !== times)
      throw new Error(`${path} has ${String(wanted)} ${found} times instead of ${times}`);
    return text.replaceAll(wanted, instead);
  }, source);
}

/** Bundles the files of that path as `change` says. */
export function changeFiles(
  build: PluginBuild,
  filter: RegExp,
  change: (source: string, path: string) => string,
): void {
  build.onLoad({ filter }, async ({ path }) => ({
    contents: change(await readFile(path, 'utf8'), path),
    loader: 'js',
  }));
}
