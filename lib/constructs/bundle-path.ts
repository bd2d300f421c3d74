import { join } from 'node:path';

/** The folder that holds the bundle of one handler. */
export function bundlePath(bundleDirectory: string, entry: string): string {
  return join(bundleDirectory, entry.replace(/\.ts$/, '').replace(/^functions\//, ''));
}
