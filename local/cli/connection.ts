import type { Command } from 'commander';
import { findCredentials, type CommandFlags } from './credentials.ts';

/** Gives a command that talks to a running platform the flags all of them have. */
export function connected(command: Command): Command {
  return command
    .option('--url <url>', 'where the platform is (default: http://127.0.0.1:4000)')
    .option('--port <port>', 'the same for this machine')
    .option('--data <folder>', 'the data folder with credentials.json (default: .zhudai)')
    .option('--partner-key <key>', 'instead of the one in credentials.json')
    .option('--operator-token <token>', 'instead of the one in credentials.json')
    .option('--json', 'answer in JSON');
}

/** Loads what a command that talks to a platform needs; a command that does not talk to one never waits for it. */
export async function connection(flags: CommandFlags) {
  const { ConsoleOutput } = await import('./console-output.ts');
  const { PlatformClient } = await import('../sandbox/platform-client.ts');
  const credentials = findCredentials(flags);
  const { baseUrl, partnerKey, operatorToken } = credentials;
  const patienceMs = 5_000;
  return {
    output: new ConsoleOutput(flags.json ?? false),
    credentials,
    partner: new PlatformClient({ baseUrl, credential: partnerKey, patienceMs }),
    operator: new PlatformClient({ baseUrl, credential: operatorToken, patienceMs }),
  };
}
