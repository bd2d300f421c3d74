import type { Command } from 'commander';
import { connected, connection } from './connection.ts';
import type { CommandFlags } from './credentials.ts';

type AddFlags = CommandFlags & { reason: string; note?: string; until?: string };
type LiftFlags = CommandFlags & { reason: string; note?: string };

const noted = 'in your own words; no number or address that somebody is found by';

/** The commands for the block list. */
export function addBlockCommands(program: Command): void {
  const block = program
    .command('block')
    .description('who gets no loan: block a borrower, list, lift a block with a second person');

  connected(block.command('list'))
    .description('blocks that stand today, the first to end first')
    .action(async (flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeBlocks, listBlocks } = await import('./blocks.ts');
      const blocks = await listBlocks(operator);
      output.result(blocks, () => describeBlocks(blocks));
    });

  connected(block.command('add'))
    .description('block the borrower behind an application or a loan')
    .argument('<id>', 'app_… or loan_…')
    .requiredOption(
      '--reason <reason>',
      'ConfirmedFraud, ForgedDocuments, IdentityMisused, DebtEvasion, CourtListed, SuspiciousFunds or OwnRequest',
    )
    .option('--note <text>', noted)
    .option('--until <date>', 'the last day (default: until it is lifted)')
    .action(async (id: string, { reason, note, until, ...flags }: AddFlags) => {
      const { output, operator } = await connection(flags);
      const { addBlock, describeBlock } = await import('./blocks.ts');
      const added = await addBlock(operator, { id, reason, note, until });
      output.result(added, () => describeBlock(added));
    });

  connected(block.command('show'))
    .description('one block, also when it is over, and who asks to lift it')
    .argument('<blockId>')
    .action(async (blockId: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeBlock, showBlock } = await import('./blocks.ts');
      const shown = await showBlock(operator, blockId);
      output.result(shown, () => describeBlock(shown));
    });

  connected(block.command('lift'))
    .description('ask that a block be lifted; it stands until a second person agrees')
    .argument('<blockId>')
    .requiredOption(
      '--reason <reason>',
      'EnteredInError, ReasonGone, ObjectionUpheld or OwnRequest',
    )
    .option('--note <text>', noted)
    .action(async (blockId: string, { reason, note, ...flags }: LiftFlags) => {
      const { output, operator } = await connection(flags);
      const { askToLift, describeBlock } = await import('./blocks.ts');
      const asked = await askToLift(operator, blockId, { reason, note });
      output.result(asked, () => describeBlock(asked));
    });

  connected(block.command('decide'))
    .description('lift a block that somebody else asked to lift, or let it stand')
    .argument('<blockId>')
    .argument('<outcome>', 'Approve or Refuse')
    .requiredOption('--version <number>', 'the version that `block show` shows')
    .action(
      async (
        blockId: string,
        outcome: string,
        { version, ...flags }: CommandFlags & { version: string },
      ) => {
        const { output, operator } = await connection(flags);
        const { decideLift, describeBlock } = await import('./blocks.ts');
        const decided = await decideLift(operator, blockId, { outcome, version: Number(version) });
        output.result(decided, () => describeBlock(decided));
      },
    );
}
