import type { Command } from 'commander';
import { connected, connection } from './connection.ts';
import type { CommandFlags } from './credentials.ts';

type KeyFlags = CommandFlags & {
  readonly awsEndpoint?: string;
  readonly region: string;
  readonly table?: string;
};

/** The keys by which partners are let in: two while one replaces the other. */
export function addPartnerKeyCommands(program: Command): void {
  const keys = program
    .command('partner-key')
    .description('the keys of partners: add one, and revoke the other when it is used no more');

  onCatalog(keys.command('list'))
    .description('the keys of a partner, by their digests')
    .argument('<partnerId>')
    .action(async (partnerId: string, flags: KeyFlags) => {
      const { output, store, describeKeys } = await opened(flags);
      const found = await store.list(partnerId);
      output.result(found, () => describeKeys(found));
    });

  onCatalog(keys.command('add'))
    .description('add a key; it is shown this once')
    .argument('<partnerId>')
    .option('--expires <instant>', 'when it ends by itself, for example 2027-12-31T00:00:00+08:00')
    .action(async (partnerId: string, flags: KeyFlags & { expires?: string }) => {
      const { output, store, at } = await opened(flags);
      const added = await store.add(partnerId, { addedAt: at, expiresAt: flags.expires });
      output.result(added, () => [added.key, `its digest: ${added.digest}`]);
    });

  onCatalog(keys.command('revoke'))
    .description('let a key in no more: at the latest after the five minutes answers are cached')
    .argument('<digest>', 'as `list` shows it')
    .action(async (digest: string, flags: KeyFlags) => {
      const { output, store, at } = await opened(flags);
      await store.revoke(digest, at);
      output.result({ digest, status: 'Revoked' }, () => [`${digest} is revoked`]);
    });
}

function onCatalog(command: Command): Command {
  return connected(command)
    .option('--aws-endpoint <url>', 'instead of the one in credentials.json; AWS itself when empty')
    .option('--region <region>', 'where the catalog is', 'us-east-1')
    .option('--table <name>', 'the catalog (output CatalogTableName), where there are several');
}

async function opened({ awsEndpoint, region, table, ...flags }: KeyFlags) {
  const { output, credentials } = await connection(flags);
  const { describeKeys, PartnerKeys } = await import('./partner-keys.ts');
  const endpoint = awsEndpoint ?? credentials.awsEndpoint;
  const at = new Date().toISOString();
  return { output, store: new PartnerKeys({ region, endpoint, table }), describeKeys, at };
}
