/**
 * Records what this release stores and says, so that later ones can be held to it: npm run golden -- record
 *
 * A platform of its own is started, sample applications go through it, people decide, the clock is moved past due dates.
 * Written to test/golden/<release>: the definitions of the machines, executions (their states and every payload with its
 * result), and the stored items. `test/golden` replays them. A release is recorded once, when it is made.
 */
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { SFNClient, paginateListExecutions, paginateListStateMachines } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import manifest from '../../package.json' with { type: 'json' };
import { startPlatformProcess, type PlatformProcess } from '../bench/platform-process.ts';
import { syntheticApplication } from '../bench/synthetic-applications.ts';
import { advanceClock } from '../cli/advance.ts';
import { replaySamples } from '../cli/replay.ts';
import { magicDocument } from '../samples/sample-documents.ts';
import { readExecution, type GoldenExecution, type GoldenStatus } from './golden-execution.ts';

const [command] = process.argv.slice(2);
if (command !== 'record') {
  console.error('npm run golden -- record');
  process.exit(1);
}
const root = join(import.meta.dirname, '../..');
const target = join(root, 'test/golden', manifest.version);
/** By amount and document: paid out at once; with documents, a reviewer and an approver; refused by the bank. */
const amountsFen = [1_000_000, 12_000_000, 1_500_000, 16_000_000, 2_000_000, 2_500_000];
const refusedCard = '6299990007000101';
/** An account that has nothing on its first due dates. */
const emptyAccount = '6299990000040401';
/** Past the second due date: paid, reminded, overdue, collected. */
const DAYS = 45;
/** Of executions that went the same way the one that did most is kept, within reason. */
const CALLS_MAX = 60;

const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-golden-'));
const platform = await startPlatformProcess({
  flags: ['--empty', '--auto-operate'],
  dataDir,
});
try {
  await drive(platform);
  await rm(target, { recursive: true, force: true });
  await mkdir(join(target, 'histories'), { recursive: true });
  await mkdir(join(target, 'definitions'), { recursive: true });
  const machines = join(root, 'statemachines');
  for (const file of (await readdir(machines)).filter((name) => name.endsWith('.asl.json')))
    await copyFile(join(machines, file), join(target, 'definitions', file));
  const executions = await readExecutions(platform.awsEndpoint);
  for (const [name, execution] of distinct(executions))
    await write(join('histories', `${name}.json`), execution);
  await write('items.json', await readItems(platform.awsEndpoint));
  console.log(
    `recorded ${distinct(executions).length} of ${executions.length} executions in ${target.replace(`${root}/`, '')}`,
  );
} finally {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function drive({ baseUrl, partnerKey }: PlatformProcess): Promise<void> {
  const items = amountsFen.map((amountFen, index) => {
    const request = syntheticApplication('golden', 40_000 + index) as Record<string, object> & {
      applicant: { bankAccount: { number: string } };
    };
    Object.assign(request['requested'] ?? {}, { amountFen });
    Object.assign(request.applicant, { monthlyIncomeFen: 9_000_000 });
    if (index === 4) request.applicant.bankAccount.number = refusedCard;
    if (index === 0) request.applicant.bankAccount.number = emptyAccount;
    return { request, document: (kind: string) => magicDocument(kind, 'Doubtful') };
  });
  await replaySamples({
    baseUrl,
    partnerKey,
    count: items.length,
    items: items as unknown as NonNullable<Parameters<typeof replaySamples>[0]['items']>,
    isAutoOperated: true,
    patienceMs: 20_000,
  });
  await advanceClock(baseUrl, DAYS * 86_400);
}

async function readExecutions(endpoint: string): Promise<readonly GoldenExecution[]> {
  const client = new SFNClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const functions = await functionNames(endpoint);
  const found: GoldenExecution[] = [];
  for (const { machine, executionArn, status } of await listAll(client))
    found.push(await readExecution(client, { machine, executionArn, status, functions }));
  client.destroy();
  return found;
}

interface Listed {
  readonly machine: string;
  readonly executionArn: string;
  readonly status: GoldenStatus;
}

/** Every execution of every machine that ended well or badly, or still runs. */
async function listAll(client: SFNClient): Promise<readonly Listed[]> {
  const listed: Listed[] = [];
  const machines = [];
  for await (const page of paginateListStateMachines({ client }, {}))
    machines.push(...(page.stateMachines ?? []));
  for (const { stateMachineArn, name: machine = '' } of machines)
    for await (const page of paginateListExecutions({ client }, { stateMachineArn }))
      listed.push(
        ...(page.executions ?? []).flatMap(({ executionArn = '', status }) =>
          status === 'SUCCEEDED' || status === 'FAILED' || status === 'RUNNING'
            ? [{ machine, executionArn, status }]
            : [],
        ),
      );
  return listed;
}

/** What the definitions call each function, by its deployed name: its source says it. */
async function functionNames(endpoint: string): Promise<ReadonlyMap<string, string>> {
  const answer = await fetch(`${endpoint}/2015-03-31/functions/`);
  const { Functions } = (await answer.json()) as {
    Functions: { FunctionName: string; Handler: string }[];
  };
  return new Map(
    Functions.map(({ FunctionName, Handler }) => [
      FunctionName,
      Handler.replace(/^.*\/|\.ts$/g, '').replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) =>
        letter.toUpperCase(),
      ),
    ]),
  );
}

/** One execution for every way through a machine, in a fixed order. */
function distinct(
  executions: readonly GoldenExecution[],
): readonly (readonly [string, GoldenExecution])[] {
  const byWay = new Map<string, GoldenExecution>();
  for (const execution of executions) {
    const way = [execution.machine, ...execution.states].join(' ');
    const known = byWay.get(way);
    const { length } = execution.calls;
    if (length <= CALLS_MAX && length > (known?.calls.length ?? 0)) byWay.set(way, execution);
  }
  const ways = [...byWay.keys()].toSorted();
  return ways.map((way) => {
    const [machine = ''] = way.split(' ');
    const number = ways.filter((each) => each.startsWith(`${machine} `)).indexOf(way) + 1;
    return [`${machine}-${String(number).padStart(2, '0')}`, byWay.get(way) as GoldenExecution];
  });
}

/** Items by table. Sealed personal data become three bytes: what is inside is read by no schema of an item. */
async function readItems(endpoint: string): Promise<Record<string, unknown[]>> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const documents = DynamoDBDocumentClient.from(client);
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const tables: Record<string, unknown[]> = {};
  for (const TableName of TableNames.toSorted()) {
    const name = /-data-([A-Za-z]+?)[0-9A-F]{8}$/.exec(TableName)?.[1];
    if (name === undefined || ['Catalog', 'IdempotencyKeys', 'Metrics'].includes(name)) continue;
    const items: Record<string, unknown>[] = [];
    for await (const page of paginateScan({ client: documents }, { TableName }))
      items.push(...(page.Items ?? []));
    tables[name] = items
      .map(openly)
      .toSorted((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
  }
  client.destroy();
  return tables;
}

function openly(item: unknown): unknown {
  if (item instanceof Uint8Array) return { $bytes: 'AAAA' };
  if (item instanceof Set) return { $set: [...item] };
  if (Array.isArray(item)) return item.map(openly);
  if (typeof item !== 'object' || item === null) return item;
  return Object.fromEntries(Object.entries(item).map(([key, value]) => [key, openly(value)]));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function write(file: string, value: unknown): Promise<void> {
  await writeFile(join(target, file), `${JSON.stringify(value, undefined, 1)}\n`);
}
