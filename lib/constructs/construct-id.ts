import { basename } from 'node:path';

/** `functions/origination/screen-application.ts` is the construct `ScreenApplication`. */
export function constructIdOf(entry: string): string {
  return basename(entry, '.ts')
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
