import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { connected, connection } from './connection.ts';
import type { CommandFlags } from './credentials.ts';

/** The commands for what people ask about their own data. */
export function addPrivacyCommands(program: Command): void {
  const privacy = program
    .command('privacy')
    .description('personal data: erased when a person asks, and again after a restore');

  connected(privacy.command('delete'))
    .description('enter a request to erase a borrower, found by one of their applications')
    .argument('<applicationId>')
    .requiredOption(
      '--verified <how>',
      'how it was made sure who asks: InPerson, IdentityCheck, PartnerLogin, PowerOfAttorney',
    )
    .option('--received <date>', 'when it came in (default: today)')
    .action(
      async (
        applicationId: string,
        { verified, received, ...flags }: CommandFlags & { verified: string; received?: string },
      ) => {
        const { output, operator } = await connection(flags);
        const { describeRequest, enterRequest } = await import('./privacy.ts');
        const asked = { applicationId, kind: 'Deletion', verification: verified };
        const request = await enterRequest(operator, asked, received);
        output.result(request, () => describeRequest(request));
      },
    );

  connected(privacy.command('show'))
    .description('what was decided of a request, and whether it is done')
    .argument('<requestId>')
    .action(async (requestId: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeRequest } = await import('./privacy.ts');
      const request = await operator.get(`/ops/personal-data-requests/${requestId}`);
      output.result(request, () => describeRequest(request));
    });

  connected(privacy.command('register'))
    .description('the register of erasures, one JSON line each: keep it apart from the backups')
    .option('--year <year>', 'of one year only')
    .action(async ({ year, ...flags }: CommandFlags & { year?: string }) => {
      const { output, operator } = await connection(flags);
      const { readRegister } = await import('./privacy.ts');
      const erasures = await readRegister(operator, year);
      output.result(erasures, () => erasures.map((erasure) => JSON.stringify(erasure)));
    });

  connected(privacy.command('reapply'))
    .description('after a restore: erase again what stands in a register')
    .argument('<file>', 'what `privacy register --json` or without --json has printed')
    .action(async (file: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeReapplied, reapplyRegister, registerIn } = await import('./privacy.ts');
      const done = await reapplyRegister(operator, registerIn(readFileSync(file, 'utf8')));
      output.result(done, () => describeReapplied(done));
      if (done.some(({ outcome }) => outcome === 'InProgress')) process.exitCode = 1;
    });
}
