import { createHash } from 'node:crypto';
import { constants, createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { CannotStart } from './database-process.ts';

const MANIFEST = 'backup.json';
const RESTORED = 'restored.json';

/**
 * What is in a data folder and not ours to bring back: the books of the simulated providers go on whatever happens to us,
 * as a bank's do. Logs, credentials and pids belong to the run.
 */
const notOurs = /^(?:sandbox|logs)(?:\/|$)|^(?:credentials|database|backup|restored)\.json$|-shm$/;

const Copied = z.object({ path: z.string(), bytes: z.int(), sha256: z.string() });

export const Backup = z.object({
  format: z.literal(1),
  /** By the platform's own clock: everything until then is in it, and nothing after. */
  takenAt: z.string(),
  files: z.array(Copied),
});
export type Backup = z.infer<typeof Backup>;

/** Copies a data folder in which nobody is writing; whatever the directory held as a backup before is replaced. */
export async function copyDataFolder(
  dataDir: string,
  directory: string,
  takenAt: string,
): Promise<Backup> {
  if (existsSync(directory) && !existsSync(join(directory, MANIFEST)))
    if ((await readdir(directory)).length > 0)
      throw new Error(`${directory} holds something that is no backup: choose an empty folder`);
  // Without its manifest a folder is no backup: one that was cut short is never taken for whole.
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const files = [];
  for (const path of await filesIn(dataDir))
    files.push(await copyOne(join(dataDir, path), join(directory, path), path));
  const backup: Backup = { format: 1, takenAt, files };
  await writeFile(join(directory, MANIFEST), `${JSON.stringify(backup, undefined, 2)}\n`, {
    mode: 0o600,
  });
  return backup;
}

/** Says which files there are, how long each is and when it was last written: the same text means that nothing was. */
export async function stateOf(dataDir: string): Promise<string> {
  const files = await filesIn(dataDir);
  const states = await Promise.all(
    files.map(async (path) => {
      const { size, mtimeMs } = await stat(join(dataDir, path));
      return `${path} ${size} ${mtimeMs}`;
    }),
  );
  return states.join('\n');
}

/**
 * Puts a backup into a data folder that has nothing of ours, each file compared with its digest. The folder remembers that
 * it was restored: until somebody says that all is put right, the bank is asked before anything is paid.
 */
export async function restoreDataFolder(directory: string, dataDir: string): Promise<Backup> {
  const manifest = join(directory, MANIFEST);
  if (!existsSync(manifest)) throw new CannotStart(`${directory} holds no whole backup`);
  const backup = Backup.parse(JSON.parse(await readFile(manifest, 'utf8')));
  if (existsSync(dataDir)) {
    const inTheWay = await filesIn(dataDir);
    if (inTheWay.length > 0)
      throw new CannotStart(
        `${dataDir} is no empty data folder: it holds ${inTheWay[0] ?? ''}. Move it away first; a restore overwrites nothing`,
      );
  }
  for (const { path, sha256 } of backup.files)
    if ((await digestOf(join(directory, path))) !== sha256)
      throw new CannotStart(`${join(directory, path)} is not what was backed up`);
  for (const { path } of backup.files)
    await copyOne(join(directory, path), join(dataDir, path), path);
  const { takenAt } = backup;
  await writeFile(join(dataDir, RESTORED), `${JSON.stringify({ takenAt })}\n`, { mode: 0o600 });
  return backup;
}

/** Whether a data folder came out of a backup and nobody has said yet that all is put right. */
export function wasRestored(dataDir: string): boolean {
  return existsSync(join(dataDir, RESTORED));
}

/** Says that all is put right: from the next start on the bank is not asked any more before a first payment. */
export async function endRestore(dataDir: string): Promise<void> {
  await rm(join(dataDir, RESTORED), { force: true });
}

async function filesIn(dataDir: string): Promise<string[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(dataDir, join(parentPath, name)))
    .filter((path) => !notOurs.test(path.replaceAll('\\', '/')))
    .toSorted();
}

async function copyOne(from: string, to: string, path: string) {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  return { path, bytes: (await stat(to)).size, sha256: await digestOf(to) };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
