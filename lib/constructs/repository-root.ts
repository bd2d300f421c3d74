import { dirname } from 'node:path';

/** Entries and definitions are named from here. */
export const repositoryRoot = dirname(dirname(import.meta.dirname));
