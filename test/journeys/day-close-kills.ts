/**
 * Kills the platform (SIGKILL) again and again during one day close of many loans, some of them unreadable, and starts it
 * again each time. Then judges from the tables: every healthy loan closed exactly once, every poison one parked with its
 * reason, the date closed.
 *
 *   npm run test:day-close-kills [-- --loans 2000 --kills 20 --poison 0.005]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ListTablesCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dueShards } from '#domain/disbursement/activate-loan.ts';
import { addDays, businessDateOf } from '#domain/shared/calendar.ts';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { freePort } from '#local/hosting/ports.ts';
import { documentsOf, testClient } from '#test/support/dynamodb-local.ts';
import { anActivatedLoan } from '../domain/servicing/loan-builders.ts';
import { storeAll } from '../functions/day-close/stored-portfolio.ts';

export interface DayCloseKillReport {
  loans: number;
  poison: number;
  kills: number;
  /** Loans closed when each kill struck. */
  closedAtKill: number[];
  closedOnce: number;
  parked: number;
  businessDay: unknown;
  faults: string[];
}

const PATIENCE_MS = 300_000;
const LOOK_EVERY_MS = 25;

export async function killDuringDayClose(options: {
  loans: number;
  kills: number;
  poisonShare: number;
  log?: (line: string) => void;
}): Promise<DayCloseKillReport> {
  const { loans, kills, poisonShare, log = () => undefined } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-day-close-'));
  const port = await freePort();
  const flags = ['--empty', '--data', dataDir, '--port', String(port)];
  let platform = await startPlatformProcess({ flags: ['--empty'], dataDir, port });
  const book = new Book(dataDir);
  try {
    const businessDate = addDays(await todayOf(platform), 1);
    const seeded = await book.seed({ loans, poisonShare, disbursedOn: addDays(businessDate, -1) });
    log(`${loans} loans stored, ${seeded.poison.size} of them unreadable`);
    const to = `${businessDate}T00:06:00.000+08:00`;
    void moveClock(platform, to);
    const closedAtKill: number[] = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      const life = kill === 1 ? undefined : spawnPlatform(flags);
      const dueAtMost = loans - Math.floor((loans * kill) / (kills + 1));
      const due = await book.untilDueAtMost(dueAtMost, businessDate);
      book.close();
      await (life ? killed(life) : platform.kill());
      closedAtKill.push(loans - due);
      log(`kill ${kill} of ${kills}: ${loans - due} of ${loans} were closed or parked`);
    }
    platform = await startPlatformProcess({ flags: ['--empty'], dataDir, port });
    void moveClock(platform, to);
    const businessDay = await book.untilDayClosed(businessDate);
    const judged = await book.judge(seeded, businessDate);
    return { loans, kills, poison: seeded.poison.size, closedAtKill, businessDay, ...judged };
  } finally {
    book.close();
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Seeded {
  /** The version of each healthy loan before the close. */
  readonly healthy: ReadonlyMap<string, number>;
  readonly poison: ReadonlySet<string>;
}

/** The tables of the running platform, read past it. Its database ends and begins with it. */
class Book {
  readonly #dataDir: string;
  #client: DynamoDBClient | undefined;
  #documents: DynamoDBDocumentClient | undefined;
  #tables: { loans: string; metrics: string } | undefined;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  close(): void {
    this.#client?.destroy();
    this.#client = undefined;
    this.#documents = undefined;
  }

  async seed(wish: { loans: number; poisonShare: number; disbursedOn: string }): Promise<Seeded> {
    const { documents, tables } = await this.#open();
    const healthy = new Map<string, number>();
    const poison = new Set<string>();
    const every = Math.round(1 / wish.poisonShare);
    function* collections() {
      for (let number = 1; number <= wish.loans; number += 1) {
        const { loan, agreement, schedule, entry } = anActivatedLoan({
          externalId: `kills-${number}`,
          disbursedOn: wish.disbursedOn,
        });
        const isPoison = number % every === 0;
        if (isPoison) poison.add(loan.loanId);
        else healthy.set(loan.loanId, loan.version);
        // Without its event, so that nobody is told two thousand times of a payout that was long ago.
        const { event: _event, ...silent } = loan;
        yield [agreement, schedule, entry, { ...silent, ...(isPoison && { termMonths: 'many' }) }];
      }
    }
    await storeAll(documents, tables.loans, collections());
    return { healthy, poison };
  }

  /** Waits until no more than so many loans are due, and says how many are. The database may be down meanwhile. */
  async untilDueAtMost(count: number, businessDate: string): Promise<number> {
    let due = Number.POSITIVE_INFINITY;
    await until(async () => {
      due = await this.#due(businessDate).catch(() => {
        this.close();
        return Number.POSITIVE_INFINITY;
      });
      return due <= count;
    });
    return due;
  }

  async untilDayClosed(businessDate: string): Promise<unknown> {
    let day: Readonly<Record<string, unknown>> | undefined;
    await until(async () => {
      const { documents, tables } = await this.#open();
      const Key = { metric: 'business-day', dateDimension: businessDate };
      const { Item } = await documents.send(new GetCommand({ TableName: tables.metrics, Key }));
      day = Item;
      return day?.['status'] === 'Closed';
    });
    return day;
  }

  async judge(
    { healthy, poison }: Seeded,
    businessDate: string,
  ): Promise<Pick<DayCloseKillReport, 'closedOnce' | 'parked' | 'faults'>> {
    const faults: string[] = [];
    let closedOnce = 0;
    let parked = 0;
    for (const [loanId, version] of healthy) {
      const loan = await this.#record(loanId, 'loan');
      const { lastClosedOn, version: now } = loan ?? {};
      if (lastClosedOn === businessDate && now === version + 1) closedOnce += 1;
      else
        faults.push(
          `${loanId} went from version ${version} to ${String(now)}, closed on ${String(lastClosedOn)}`,
        );
    }
    for (const loanId of poison) {
      const trouble = await this.#record(loanId, 'day-close-trouble');
      const { dueShard, reason } = trouble ?? {};
      if (dueShard === 'parked' && String(reason).includes('termMonths')) parked += 1;
      else faults.push(`${loanId} cannot be read and is not parked: ${JSON.stringify(trouble)}`);
    }
    return { closedOnce, parked, faults };
  }

  async #record(loanId: string, record: string) {
    const { documents, tables } = await this.#open();
    const { Item } = await documents.send(
      new GetCommand({ TableName: tables.loans, Key: { loanId, record } }),
    );
    return Item;
  }

  async #due(businessDate: string): Promise<number> {
    const { documents, tables } = await this.#open();
    const counts = await Promise.all(
      dueShards.map(async (shard) => {
        const { Count = 0 } = await documents.send(
          new QueryCommand({
            TableName: tables.loans,
            IndexName: 'Due',
            KeyConditionExpression: 'dueShard = :shard AND actOn <= :date',
            ExpressionAttributeValues: { ':shard': shard, ':date': businessDate },
            Select: 'COUNT',
          }),
        );
        return Count;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async #open() {
    if (!this.#client || !this.#documents || !this.#tables) {
      const file = await readFile(join(this.#dataDir, 'database.json'), 'utf8');
      const { port } = JSON.parse(file) as { port: number };
      this.#client = testClient(`http://127.0.0.1:${port}`);
      this.#documents = documentsOf(this.#client);
      const { TableNames = [] } = await this.#client.send(new ListTablesCommand({}));
      const named = (word: string) => TableNames.find((name) => name.includes(word)) ?? word;
      this.#tables = { loans: named('Loans'), metrics: named('Metrics') };
    }
    return { documents: this.#documents, tables: this.#tables };
  }
}

async function until(isThere: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isThere())) {
    if (performance.now() > deadline) throw new Error('it did not come to that');
    await delay(LOOK_EVERY_MS);
  }
}

async function todayOf({ baseUrl }: PlatformProcess): Promise<string> {
  const { now } = (await (await fetch(`${baseUrl}/local/clock`)).json()) as { now: string };
  return businessDateOf(Date.parse(now));
}

/** The answer comes when everything has come to rest, or never: the platform is killed before. */
async function moveClock({ baseUrl }: PlatformProcess, to: string): Promise<void> {
  await fetch(`${baseUrl}/local/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to }),
  }).catch(() => undefined);
}

/** A life of the platform that need not last until it is ready. */
function spawnPlatform(flags: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['local/run.ts', ...flags], {
    stdio: 'ignore',
    cwd: join(import.meta.dirname, '../..'),
  });
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null)
    throw new Error('the platform ended by itself');
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      loans: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '20' },
      poison: { type: 'string', default: '0.005' },
    },
  });
  const report = await killDuringDayClose({
    loans: Number(values.loans),
    kills: Number(values.kills),
    poisonShare: Number(values.poison),
    log: (line) => {
      console.log(line);
    },
  });
  console.log(JSON.stringify(report, null, 2));
  process.exitCode = report.faults.length === 0 ? 0 : 1;
}
