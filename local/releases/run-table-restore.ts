/**
 * Restores every table of a deployment to one instant, under names of their own, and puts back into the live tables what
 * has gone since. What is there is never overwritten (ADR 081). Run again with the same instant, it goes on.
 *
 *   npm run restore:tables -- --at 2026-11-26T16:30:00+08:00 --dry-run      the calls that would be made
 *   npm run restore:tables -- --at 2026-11-26T16:30:00+08:00                restore, and say what has gone
 *   npm run restore:tables -- --at 2026-11-26T16:30:00+08:00 --put-back     and put it back
 *   npm run restore:tables -- --at 2026-11-26T16:30:00+08:00 --drop         delete the restored tables
 *
 * At AWS with the credentials of the environment; elsewhere at AWS_ENDPOINT_URL.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { putBackLost } from './put-back.ts';
import { tablesOfStack, type StackTable } from './stack-tables.ts';
import {
  dropRestored,
  instantFrom,
  planRestores,
  restoreInput,
  restoreTables,
  type PlannedRestore,
} from './table-restores.ts';

const { values: flags } = parseArgs({
  options: {
    at: { type: 'string' },
    only: { type: 'string' },
    list: { type: 'string' },
    stage: { type: 'string', default: process.env['ZHUDAI_STAGE'] ?? 'production' },
    region: { type: 'string', default: process.env['AWS_REGION'] ?? 'us-east-1' },
    'poll-seconds': { type: 'string', default: '15' },
    'put-back': { type: 'boolean', default: false },
    drop: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  },
});
const isTried = flags['dry-run'];
const client = new DynamoDBClient({ region: flags.region });

try {
  const at = instantFrom(flags.at);
  const pollMs = Number(flags['poll-seconds']) * 1_000;
  if (!(pollMs > 0)) throw new Error('--poll-seconds is a number of seconds');
  if (flags.drop && flags['put-back'])
    throw new Error('--drop comes after --put-back, in a run of its own');
  const tables = chosenOf(await tablesOfStack(flags.region, `zhudai-${flags.stage}-data`));
  const planned = await planRestores(client, tables, at);
  if (flags.drop) await drop(planned, at);
  else {
    await restore(planned, at, pollMs);
    await compare(isTried ? planned.filter(({ isBegun }) => isBegun) : planned);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  client.destroy();
}

async function restore(planned: readonly PlannedRestore[], at: Date, pollMs: number) {
  if (isTried) {
    for (const each of planned)
      console.log(
        each.isBegun
          ? `${each.name}: ${each.restoredName} is there already`
          : `${each.name}: would call RestoreTableToPointInTime ${JSON.stringify(restoreInput(each, at))}`,
      );
    return;
  }
  await restoreTables(planned, {
    client,
    at,
    pollMs,
    tags: { application: 'zhudai', stage: flags.stage, 'restored-at': at.toISOString() },
    tell: (line) => {
      console.log(line);
    },
  });
}

async function compare(planned: readonly PlannedRestore[]): Promise<void> {
  const isPutBack = flags['put-back'] && !isTried;
  const { list } = flags;
  if (list !== undefined) writeFileSync(list, '');
  let lost = 0;
  // The chain first: an event that a put repeats is then on record as it was.
  for (const { name, tableName, restoredName } of auditFirst(planned)) {
    const outcome = await putBackLost({
      client,
      tableName,
      restoredName,
      isPutBack,
      nowMs: Date.now(),
      found: (fate, key) => {
        if (list !== undefined)
          appendFileSync(list, `${JSON.stringify({ table: name, fate, key })}\n`);
      },
    });
    lost += outcome.lost;
    const leftOut = outcome.leftOut === 0 ? '' : `, ${outcome.leftOut} guards left out`;
    console.log(
      `${name}: ${outcome.same} as they were, ${outcome.changed} written since, ${outcome.lost} ${isPutBack ? 'put back' : 'gone'}${leftOut}`,
    );
  }
  if (isPutBack)
    console.log(
      'then: zhudai privacy reapply REGISTER, zhudai audit, zhudai reconcile (docs/runbooks/backup-and-restore.md)',
    );
  else if (lost > 0) console.log(`${lost} would be put back by --put-back`);
}

async function drop(planned: readonly PlannedRestore[], at: Date): Promise<void> {
  for (const each of planned) {
    if (!each.isBegun) continue;
    if (!isTried) await dropRestored(client, each, at);
    console.log(`${each.name}: ${isTried ? 'would delete' : 'deleted'} ${each.restoredName}`);
  }
}

function auditFirst(planned: readonly PlannedRestore[]): readonly PlannedRestore[] {
  return planned.toSorted((a, b) => Number(b.name === 'Audit') - Number(a.name === 'Audit'));
}

function chosenOf(tables: readonly StackTable[]): readonly StackTable[] {
  if (flags.only === undefined) return tables;
  const wanted = flags.only.split(',');
  const unknown = wanted.filter((name) => tables.every((table) => table.name !== name));
  if (unknown.length > 0)
    throw new Error(
      `no table ${unknown.join(', ')}; there are ${tables.map(({ name }) => name).join(', ')}`,
    );
  return tables.filter(({ name }) => wanted.includes(name));
}
