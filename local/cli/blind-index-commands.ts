import type { Command } from 'commander';
import { connected, connection } from './connection.ts';
import type { CommandFlags } from './credentials.ts';

type SecretFlags = CommandFlags & {
  readonly awsEndpoint?: string;
  readonly region: string;
  readonly secret?: string;
};

const waiting = 'every function knows it in 15 minutes; then:';

/** The key that people are found by is changed in four steps, each of which may be repeated. */
export function addBlindIndexCommands(program: Command): void {
  const index = program
    .command('blind-index')
    .description('change the key that people are found by: announce, switch, sweep, retire');

  connected(index.command('status'))
    .description('which keys there are and what is still found by the former one')
    .action(async (flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeStatus, readStatus } = await import('./blind-index.ts');
      const status = await readStatus(operator);
      output.result(status, () => describeStatus(status));
    });

  onSecret(index.command('announce'))
    .description('1: draw a key and put it beside the present one')
    .action(async (flags: SecretFlags) => {
      const { output, place, changeKeys, announced } = await opened(flags);
      const outcome = await changeKeys(place, announced);
      output.result({ outcome }, () => [`announced; ${waiting} zhudai blind-index switch`]);
    });

  onSecret(index.command('switch'))
    .description('2: make the announced key the present one; both are looked under')
    .action(async (flags: SecretFlags) => {
      const { output, place, changeKeys, switched } = await opened(flags);
      const outcome = await changeKeys(place, switched);
      output.result({ outcome }, () => [`switched; ${waiting} zhudai blind-index sweep`]);
    });

  connected(index.command('sweep'))
    .description('3: index everybody under the present key; cut off, it goes on where it was')
    .action(async (flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { sweep } = await import('./blind-index.ts');
      const swept = await sweep(operator);
      output.result(swept, () => [
        `${String(swept.applications)} applications looked at: ${swept.status}`,
        ...swept.conflicts.map((id) => `  ${id} shows somebody who goes by another name`),
      ]);
      if (swept.conflicts.length > 0) process.exitCode = 1;
    });

  onSecret(index.command('retire'))
    .description(
      '4: look under the former key no more; 15 minutes later again: take away its index',
    )
    .option('--everything', 'also what is found by nothing else (blocked, and otherwise erased)')
    .action(async ({ everything = false, ...flags }: SecretFlags & { everything?: boolean }) => {
      const { output, operator, place, changeKeys, ...cli } = await opened(flags);
      const status = await cli.readStatus(operator);
      if (status.status !== 'Swept' && status.status !== 'Retired')
        throw new Error(`sweep first: the sweep is ${status.status}`);
      if (status.underFormerAlone > 0 && !everything)
        throw new Error(
          `${String(status.underFormerAlone)} people are found by the former key alone: sweep again, or give --everything to lose them`,
        );
      if ((await changeKeys(place, cli.retired)) === 'Changed') {
        output.result({ outcome: 'Retiring' }, () => [
          `nothing is found by the former key; ${waiting} zhudai blind-index retire, again`,
        ]);
        return;
      }
      const done = await cli.removeFormer(operator, everything);
      output.result(done, () => [`${String(done.removed)} indexes taken away: ${done.status}`]);
    });
}

function onSecret(command: Command): Command {
  return connected(command)
    .option('--aws-endpoint <url>', 'instead of the one in credentials.json; AWS itself when empty')
    .option('--region <region>', 'where the secret is', 'us-east-1')
    .option('--secret <arn>', 'the secret (output ProviderSecretArn), where there are several');
}

async function opened({ awsEndpoint, region, secret, ...flags }: SecretFlags) {
  const { output, operator, credentials } = await connection(flags);
  const commands = await import('./blind-index.ts');
  const endpoint = awsEndpoint ?? credentials.awsEndpoint;
  return { output, operator, place: { region, endpoint, secret }, ...commands };
}
