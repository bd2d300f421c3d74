/**
 * npm run bench:day-close [-- --sizes 1000,10000,100000 --due 500 --json]
 *
 * What a day close costs against the size of the portfolio, with the same loans due: read and write units as the database
 * reports them, time, and a second close of the same date. The step of the machine runs in this process against DynamoDB
 * Local; sizes take turns, and each time is the best of the rounds.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { runCloseShard } from '#functions/day-close/close-shard.ts';
import { dueShards } from '#domain/disbursement/activate-loan.ts';
import { costOf, Prices } from '#local/bench/cost-of.ts';
import { DynamoDueLoans } from '#platform/repositories/due-loans.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoParkedLoans } from '#platform/repositories/parked-loans.ts';
import { DatabaseProcess } from '#local/hosting/database-process.ts';
import { ensureTables, readTables, type Table } from '#local/hosting/tables.ts';
import { Assembly } from '#local/hosting/template.ts';
import { synthesise } from '#lib/synthesise.ts';
import { documentsOf, testClient } from '#test/support/dynamodb-local.ts';
import { inMemoryCatalog } from '#test/support/in-memory-catalog.ts';
import { closeDate, dueLoan, quietLoan, storeAll } from './stored-portfolio.ts';

interface Used {
  readUnits: number;
  writeUnits: number;
  milliseconds: number;
  changed: number;
}

export interface DayCloseRow {
  readonly loans: number;
  readonly due: number;
  readonly first: Used;
  readonly second: Used;
}

const ROUNDS = 3;
/** Due a day in a portfolio of a million: 33,333 due dates and 1,700 bucket moves (the cost model's 3.5 %). */
const ACTIONABLE_PER_MILLION = 35_000;
const LOANS_PER_INVOCATION_SECOND = 100;

/** Closes the same due loans in portfolios of several sizes. Every size has a database of its own. */
export async function benchDayClose(options: {
  readonly sizes: readonly number[];
  readonly due: number;
  readonly log?: (line: string) => void;
}): Promise<readonly DayCloseRow[]> {
  const { sizes, due, log = () => undefined } = options;
  const table = await loansTable();
  const databases = await Promise.all(sizes.map((loans) => openDatabase(table, loans)));
  try {
    const best = new Map<number, DayCloseRow>();
    for (const database of databases) {
      const started = performance.now();
      await fill(database, database.loans - due, quietLoan);
      log(`${database.loans} loans in ${Math.round((performance.now() - started) / 1000)} s`);
    }
    // Warms up; not counted.
    for (const database of databases) await measure(database, due);
    for (let round = 1; round <= ROUNDS; round += 1)
      for (const database of databases) {
        const row = await measure(database, due);
        best.set(row.loans, faster(row, best.get(row.loans)));
      }
    return [...best.values()];
  } finally {
    for (const database of databases) await database.stop();
  }
}

async function measure(database: SizedDatabase, due: number): Promise<DayCloseRow> {
  await forgetDue(database, due);
  await fill(database, due, dueLoan);
  return {
    loans: database.loans,
    due,
    first: await close(database),
    second: await close(database),
  };
}

function faster(row: DayCloseRow, best = row): DayCloseRow {
  return row.first.milliseconds < best.first.milliseconds ? row : best;
}

interface SizedDatabase {
  readonly loans: number;
  readonly endpoint: string;
  readonly documents: ReturnType<typeof documentsOf>;
  readonly tableName: string;
  stop(): Promise<void>;
}

/** The table as it is deployed: what an index carries decides what a write costs. */
async function loansTable(): Promise<Table> {
  const root = join(import.meta.dirname, '../../..');
  const [template = ''] = await synthesise(join(root, 'node_modules/.cache/zhudai'), {
    stage: 'local',
  });
  const assembly = new Assembly(dirname(template), {
    CallbackBaseUrl: 'http://127.0.0.1',
    OidcIssuer: 'http://127.0.0.1',
    OidcAudience: 'zhudai',
  });
  const tables = readTables(assembly.ofType('AWS::DynamoDB::Table'));
  const table = tables.find(({ properties }) =>
    properties.GlobalSecondaryIndexes.some(({ IndexName }) => IndexName === 'Due'),
  );
  if (table === undefined) throw new Error('the template has no table with a due index');
  return table;
}

async function openDatabase(table: Table, loans: number): Promise<SizedDatabase> {
  const database = await DatabaseProcess.start({ dataDir: undefined });
  const client = testClient(database.endpoint);
  await ensureTables(client, [table]);
  return {
    loans,
    endpoint: database.endpoint,
    documents: documentsOf(client),
    tableName: table.name,
    stop: async () => {
      client.destroy();
      await database.stop();
    },
  };
}

async function fill(
  database: SizedDatabase,
  count: number,
  collection: typeof dueLoan,
): Promise<void> {
  function* collections() {
    for (let number = 0; number < count; number += 1) yield collection(number);
  }
  await storeAll(database.documents, database.tableName, collections());
}

async function forgetDue({ documents, tableName }: SizedDatabase, due: number): Promise<void> {
  for (let number = 0; number < due; number += 1)
    for (const item of dueLoan(number)) {
      const Key = { loanId: item['loanId'], record: item['record'] };
      await documents.send(new DeleteCommand({ TableName: tableName, Key }));
    }
}

/** The whole date: every shard, four at a time, units as the database counts them. */
async function close(database: SizedDatabase): Promise<Used> {
  const used: Used = { readUnits: 0, writeUnits: 0, milliseconds: 0, changed: 0 };
  const client = testClient(database.endpoint);
  countUnits(client, used);
  const documents = documentsOf(client);
  const dependencies = {
    dueLoans: new DynamoDueLoans(documents, database.tableName),
    files: new DynamoLoanFiles(documents, database.tableName),
    parkedLoans: new DynamoParkedLoans(documents, database.tableName),
    catalog: inMemoryCatalog(),
    // The bank's part is not the day close's.
    collectDebit: () => Promise.resolve(),
    now: () => new Date(`${closeDate}T00:05:00.000+08:00`),
    workMs: 3_600_000,
    elapsedMs: () => performance.now(),
  };
  const startedAt = performance.now();
  const queue = [...dueShards];
  const lane = async () => {
    for (let shard = queue.shift(); shard !== undefined; shard = queue.shift()) {
      const report = await runCloseShard({ businessDate: closeDate, shard }, dependencies);
      if (!report.isDone) throw new Error(`shard ${shard} was not closed`);
      used.changed += report.changed;
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  used.milliseconds = Math.round(performance.now() - startedAt);
  client.destroy();
  return used;
}

/** DynamoDB Local reports puts and queries by the price rules; only transactions it under-reports, and a close has none. */
function countUnits(client: DynamoDBClient, used: Used): void {
  client.middlewareStack.add(
    (next) => async (given) => {
      Object.assign(given.input, { ReturnConsumedCapacity: 'TOTAL' });
      const answer = await next(given);
      const { ConsumedCapacity } = answer.output as {
        ConsumedCapacity?: { CapacityUnits?: number };
      };
      const units = ConsumedCapacity?.CapacityUnits ?? 0;
      if (Reflect.has(given.input, 'Item')) used.writeUnits += units;
      else used.readUnits += units;
      return answer;
    },
    { step: 'initialize' },
  );
}

/** Dollars of a day of a million loans, from the units of one due loan. */
export function dollarsPerMillionLoans({ due, first }: DayCloseRow): number {
  const file = new URL('../../../local/bench/prices/us-east-1.json', import.meta.url);
  const prices = Prices.parse(JSON.parse(readFileSync(file, 'utf8')));
  const loans = ACTIONABLE_PER_MILLION;
  const lines = costOf(
    {
      // Open, Map, end and the choice, and for each of sixteen shards its task and its choice.
      statesEntered: 5 + 16 * 3,
      invocations: 2 + 16,
      gigabyteSeconds: (loans / LOANS_PER_INVOCATION_SECOND) * 0.5,
      readUnits: (first.readUnits / due) * loans,
      writeUnits: (first.writeUnits / due) * loans,
      apiRequests: 0,
      eventsPut: 0,
      logKilobytes: 0,
    },
    prices,
    1,
  );
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '1000,10000,100000' },
      due: { type: 'string', default: '500' },
      json: { type: 'boolean', default: false },
    },
  });
  const rows = await benchDayClose({
    sizes: values.sizes.split(',').map(Number),
    due: Number(values.due),
    log: values.json ? () => undefined : console.log,
  });
  const [smallest] = rows;
  const report = rows.map((row) => ({
    loans: row.loans,
    due: row.due,
    changed: row.first.changed,
    readUnits: row.first.readUnits,
    writeUnits: row.first.writeUnits,
    readUnitsPerDueLoan: row.first.readUnits / row.due,
    writeUnitsPerDueLoan: row.first.writeUnits / row.due,
    milliseconds: row.first.milliseconds,
    timesTheSmallest: row.first.milliseconds / (smallest?.first.milliseconds ?? 1),
    secondCloseWriteUnits: row.second.writeUnits,
    secondCloseReadUnits: row.second.readUnits,
    dollarsPerMillionLoans: Math.round(dollarsPerMillionLoans(row) * 1000) / 1000,
  }));
  if (values.json) console.log(JSON.stringify(report, undefined, 2));
  else console.table(report);
}

if (import.meta.filename === process.argv[1]) await main();
