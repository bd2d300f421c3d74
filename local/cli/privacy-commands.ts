import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { connected, connection } from './connection.ts';
import type { CommandFlags } from './credentials.ts';

type CopyFlags = CommandFlags & { verified: string; out: string; received?: string };
type CorrectFlags = CommandFlags & { verified: string; file: string; received?: string };
type DecideFlags = CommandFlags & { file?: string; refuse?: string };

function wishIn(file: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
}

/** The commands for what people ask about their own data. */
export function addPrivacyCommands(program: Command): void {
  const privacy = program
    .command('privacy')
    .description(
      'what people ask about their data: copies, corrections, erasure; and erasure again after a restore',
    );

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

  connected(privacy.command('copy'))
    .description('write what is held of a borrower, found by one of their applications, to a file')
    .argument('<applicationId>')
    .requiredOption(
      '--verified <how>',
      'how it was made sure who asks: InPerson, IdentityCheck, PartnerLogin, PowerOfAttorney',
    )
    .requiredOption(
      '--out <file>',
      'where it is written, for your eyes alone; it must not be there yet',
    )
    .option('--received <date>', 'when it came in (default: today)')
    .action(async (applicationId: string, flags: CopyFlags) => {
      const { output, operator } = await connection(flags);
      const { copyToFile } = await import('./privacy-answers.ts');
      const asked = { applicationId, verification: flags.verified };
      const made = await copyToFile(operator, asked, flags);
      output.result(made, () => [
        `${flags.out}: ${String(made.applications)} applications, request ${made.requestId}, to be handed over by ${made.answerBy}`,
      ]);
    });

  connected(privacy.command('correct'))
    .description('enter what a borrower has put right; somebody else enters the same to approve it')
    .argument('<applicationId>')
    .requiredOption(
      '--verified <how>',
      'how it was made sure who asks: InPerson, IdentityCheck, PartnerLogin, PowerOfAttorney',
    )
    .requiredOption(
      '--file <file>',
      '{"corrections": {"mobile", "address", "employer"}, "remarks": [{"field", "text"}]}: not as words of a command, which shells remember',
    )
    .option('--received <date>', 'when it came in (default: today)')
    .action(async (applicationId: string, flags: CorrectFlags) => {
      const { output, operator } = await connection(flags);
      const { describeCorrection, proposeCorrection } = await import('./privacy-answers.ts');
      const wish = wishIn(flags.file);
      const asked = { ...wish, applicationId, verification: flags.verified };
      const request = await proposeCorrection(operator, asked, flags.received);
      output.result(request, () => describeCorrection(request));
    });

  connected(privacy.command('decide'))
    .description('approve a correction of somebody else by entering the same, or refuse it')
    .argument('<requestId>')
    .option('--file <file>', 'what you have entered yourself, from what the person has shown')
    .option('--refuse <because>', 'NotShown, IsEvidence or EnteredWrongly')
    .action(async (requestId: string, { file, refuse, ...flags }: DecideFlags) => {
      if ((file === undefined) === (refuse === undefined))
        throw new Error('give either --file or --refuse');
      const { output, operator } = await connection(flags);
      const { describeCorrection } = await import('./privacy-answers.ts');
      const verdict =
        file === undefined
          ? { outcome: 'Refuse', because: refuse }
          : { outcome: 'Approve', ...wishIn(file) };
      const path = `/ops/personal-data-corrections/${requestId}/decision`;
      const { body } = await operator.post(path, verdict);
      output.result(body, () => describeCorrection(body));
    });

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
