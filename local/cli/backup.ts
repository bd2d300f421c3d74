import { Backup, endRestore, restoreDataFolder } from '../hosting/backup.ts';
import { sendRaw } from '../sandbox/http-json.ts';

/** Has the running platform copy what it keeps. */
export async function takeBackup(baseUrl: string, directory: string): Promise<Backup> {
  const { status, text } = await sendRaw({
    method: 'POST',
    url: `${baseUrl}/local/backup`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ directory }),
  });
  if (status !== 200) throw new Error(`no backup was made: ${text}`);
  return Backup.parse(JSON.parse(text));
}

/** A backup as lines for a person. */
export function describeBackup({ takenAt, files }: Backup, directory: string): string[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    `everything until ${takenAt} is in ${directory}: ${files.length} files, ${(bytes / 1_000_000).toFixed(1)} MB`,
    'it holds the keys of this machine: keep it as you keep them',
    'the register of erasures belongs beside it, not into it: zhudai privacy register',
  ];
}

/** Restores, or ends the time in which the bank is asked first. */
export async function restoreBackup(
  directory: string,
  { data, done }: { readonly data: string; readonly done?: boolean },
): Promise<{ readonly takenAt?: string; readonly lines: string[] }> {
  if (done === true) {
    await endRestore(data);
    return { lines: ['from the next start on first payments go out without a question'] };
  }
  const { takenAt, files } = await restoreDataFolder(directory, data);
  return {
    takenAt,
    lines: [
      `${files.length} files of ${takenAt} are in ${data}`,
      'start the platform; it asks the bank before every first payment until you say: zhudai restore DIR --done',
      'then: zhudai privacy reapply REGISTER, zhudai reconcile, zhudai audit (docs/runbooks/backup-and-restore.md)',
    ],
  };
}
