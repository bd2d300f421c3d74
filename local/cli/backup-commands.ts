import { resolve } from 'node:path';
import type { Command } from 'commander';
import { connected, connection } from './connection.ts';
import type { CommandFlags } from './credentials.ts';

/** Against which list of the bank's the books are held. */
export const BANK_BOOKS = [
  '--bank-books <source>',
  "the bank's own list: an address, or a file in JSON or CSV (default: the sandbox's bank)",
] as const;

/** Backup, restore, and what puts a restored platform right. */
export function addBackupCommands(program: Command): void {
  connected(program.command('backup'))
    .description('copy everything the running platform keeps, as of one instant')
    .argument('<directory>', 'an empty folder, or an earlier backup to replace')
    .action(async (directory: string, flags: CommandFlags) => {
      const { output, credentials } = await connection(flags);
      const { takeBackup, describeBackup } = await import('./backup.ts');
      const backup = await takeBackup(credentials.baseUrl, resolve(directory));
      output.result(backup, () => describeBackup(backup, directory));
    });

  program
    .command('restore')
    .description('put a backup into an empty data folder; the platform must not run on it')
    .argument('<directory>', 'the backup')
    .option('--data <folder>', 'the data folder', '.zhudai')
    .option('--done', 'instead: all is put right, the bank need not be asked first any more')
    .option('--json', 'answer in JSON')
    .action(async (directory: string, flags: { data: string; done?: boolean; json?: boolean }) => {
      const { ConsoleOutput } = await import('./console-output.ts');
      const { restoreBackup } = await import('./backup.ts');
      const { lines, ...result } = await restoreBackup(directory, flags);
      new ConsoleOutput(flags.json ?? false).result(result, () => lines);
    });

  connected(program.command('reconcile'))
    .description('list what the bank paid, fetched and received and the platform knows nothing of')
    .option(...BANK_BOOKS)
    .action(async (flags: CommandFlags & { readonly bankBooks?: string }) => {
      const { output, operator } = await connection(flags);
      const { describeStrays, findStrays } = await import('./reconcile.ts');
      const strays = await findStrays(operator, flags.bankBooks);
      output.result(strays, () => describeStrays(strays));
      if (strays.length > 0) process.exitCode = 1;
    });
}
