import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CannotStart } from './database-process.ts';

/** Where everything is kept unless another folder is named. */
export const DEFAULT_DATA_FOLDER = '.zhudai';

/** How what a data folder holds is laid out. A version that reads it otherwise counts on. */
const formats = { tablesInDynamoDbLocal: 1, tablesInFiles: 2 } as const;
const NEWEST_FORMAT = formats.tablesInFiles;

/** Makes the data folder ready to be written, or says why it cannot be and what to do. */
export function prepareDataFolder(dataDir: string, layout: keyof typeof formats): void {
  const folder = resolve(dataDir);
  try {
    make(folder);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = reasons[code ?? ''] ?? (error as Error).message;
    throw new CannotStart(
      `The data folder ${folder} cannot be used: ${reason}.\nChoose another one: npm start -- --data DIR`,
    );
  }
  checkFormat(folder, formats[layout]);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'it is, or lies under, a file',
  EEXIST: 'it is, or lies under, a file',
  ENOSPC: 'the disk is full',
  ENOENT: 'there is no way to make a folder there',
};

/** Step by step: asked for the whole path at once, Node never comes back where no folder can be made, as in /proc. */
function make(folder: string): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory())
      throw Object.assign(new Error('a file'), { code: 'EEXIST' });
    return;
  }
  const parent = dirname(folder);
  if (parent !== folder) make(parent);
  mkdirSync(folder, { mode: 0o700 });
}

/** Refuses a folder of a newer version, and tells older ones to refuse what they cannot read. */
function checkFormat(folder: string, wanted: number): void {
  const file = join(folder, 'format.json');
  const format = existsSync(file) ? formatIn(readFileSync(file, 'utf8')) : 0;
  if (format !== undefined && format <= NEWEST_FORMAT) {
    if (format < wanted) writeFileSync(file, `${JSON.stringify({ format: wanted })}\n`);
    return;
  }
  throw new CannotStart(
    format === undefined
      ? `${file} is damaged. Restore it, or choose another folder: npm start -- --data DIR`
      : `The data folder ${folder} was written by a newer Zhudai (format ${format}; this one reads up to ${NEWEST_FORMAT}).\nStart that version, or choose another folder: npm start -- --data DIR`,
  );
}

function formatIn(text: string): number | undefined {
  try {
    const { format } = JSON.parse(text) as { format?: unknown };
    return typeof format === 'number' ? format : undefined;
  } catch {
    return undefined;
  }
}
