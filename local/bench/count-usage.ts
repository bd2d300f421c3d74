import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { businessDateOf } from '../../domain/shared/calendar.ts';
import { advanceClock } from '../cli/advance.ts';
import { startPlatformProcess, type PlatformProcess } from './platform-process.ts';
import { syntheticApplication } from './synthetic-applications.ts';

const countNames = [
  'statesEntered',
  'invocations',
  'readUnits',
  'writeUnits',
  'apiRequests',
  'eventsPut',
] as const;

/** What the one-machine host counts, as far as it is paid for. */
export type Counts = Readonly<Record<(typeof countNames)[number], number>>;

/** What one piece of each work used. */
export interface WorkCounts {
  /** From request to payout, straight through. */
  readonly application: Counts;
  /** Money the bank tells of, with the notices to borrower and partner. */
  readonly noticedRepayment: Counts;
  /** The same, told by the partner. */
  readonly reportedRepayment: Counts;
  /** A business date closed, whatever is due: the machine with a child for each shard, and the schedules of a day. */
  readonly closedDate: Counts;
  /** A loan the close changes, with its event and audit record: here its next date. */
  readonly closedLoan: Counts;
}

/** What the month until the first due date adds. */
export interface MonthCounts {
  /** A loan debited on its due date, with everything a payment brings about. */
  readonly debitedLoan: Counts;
}

const DAY_SECONDS = 86_400;
/** Past the first due date of every loan, holidays included. */
const MONTH_DAYS = 40;
const PAID_FEN = 500_00;
/** One page of the list of applications. */
const LOANS_MAX = 100;

/** Sends straight-through applications to a platform of its own, lets the loans be paid on, and counts each work apart. */
export function countWork(loans: number): Promise<WorkCounts> {
  return onOwnPlatform((platform) => countBeginning(platform, loans));
}

/** The same, and the closes up to the first due date: a minute longer. */
export function countMonth(loans: number): Promise<WorkCounts & MonthCounts> {
  return onOwnPlatform(async (platform) => ({
    ...(await countBeginning(platform, loans)),
    ...(await countToDueDate(platform, loans)),
  }));
}

async function onOwnPlatform<Counted>(
  count: (platform: PlatformProcess) => Promise<Counted>,
): Promise<Counted> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-cost-'));
  const platform = await startPlatformProcess({ flags: ['--memory', '--empty'], dataDir });
  try {
    return await count(platform);
  } finally {
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function countBeginning(platform: PlatformProcess, loans: number): Promise<WorkCounts> {
  if (loans > LOANS_MAX) throw new Error(`at most ${LOANS_MAX} loans`);
  const application = await used(platform, () => applyAll(platform, loans));
  // All are new to the close on the day after their payout; a day later nothing is due.
  const busyDay = await closeDay(platform);
  const idleDay = await closeDay(platform);
  const loanIds = await listLoans(platform, loans);
  const noticed = await used(platform, () => noticeAll(platform, loanIds));
  const reported = await used(platform, () => reportAll(platform, loanIds));
  return {
    application: each(application, loans),
    noticedRepayment: each(noticed, loans),
    reportedRepayment: each(reported, loans),
    closedDate: { ...idleDay, statesEntered: busyDay.statesEntered },
    closedLoan: each(withoutDate(busyDay, idleDay), loans),
  };
}

async function countToDueDate(platform: PlatformProcess, loans: number): Promise<MonthCounts> {
  const days: Counts[] = [];
  for (let day = 0; day < MONTH_DAYS; day += 1) days.push(await closeDay(platform));
  const byWrites = days.toSorted((left, right) => right.writeUnits - left.writeUnits);
  const [dueDate, idleDay] = [byWrites[0], byWrites.at(-1)];
  if (!dueDate || !idleDay) throw new Error('a month has more days');
  return { debitedLoan: each(withoutDate(dueDate, idleDay), loans) };
}

/** What the loans of a day took: a date's own states and schedules are taken off. */
function withoutDate(busyDay: Counts, idleDay: Counts): Counts {
  return { ...map((name) => Math.max(0, busyDay[name] - idleDay[name])), statesEntered: 0 };
}

function each(counts: Counts, times: number): Counts {
  return map((name) => counts[name] / times);
}

async function used(platform: PlatformProcess, work: () => Promise<void>): Promise<Counts> {
  const before = await countsAtRest(platform);
  await work();
  const after = await countsAtRest(platform);
  return map((name) => after[name] - before[name]);
}

function map(count: (name: keyof Counts) => number): Counts {
  const of = Object.fromEntries(countNames.map((name) => [name, count(name)]));
  return of as Record<keyof Counts, number>;
}

async function readCounts({ baseUrl }: PlatformProcess): Promise<Counts> {
  const counts = (await (await fetch(`${baseUrl}/local/meter`)).json()) as Counts;
  return map((name) => counts[name]);
}

const LOOK_EVERY_MS = 700;
/** Looks in a row that must find the same. */
const LOOKS_ALIKE = 3;

/** The counts once nothing moves any more: what was paid out is still activated and told of. */
async function countsAtRest(platform: PlatformProcess): Promise<Counts> {
  let last = '';
  for (let alike = 0, looks = 0; looks < 200; looks += 1) {
    const counts = await readCounts(platform);
    const now = JSON.stringify(counts);
    alike = now === last ? alike + 1 : 0;
    if (alike === LOOKS_ALIKE) return counts;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error('the platform never came to rest');
}

/** The bank's books say when all are paid: nobody asks the platform meanwhile. */
async function applyAll(platform: PlatformProcess, applications: number): Promise<void> {
  const { baseUrl } = platform;
  for (let n = 0; n < applications; n += 1)
    await post(`${baseUrl}/v1/applications`, syntheticApplication('cost', n), {
      ...byPartner(platform),
      'idempotency-key': `cost-${n}`,
    });
  const deadline = performance.now() + 180_000;
  for (;;) {
    const books = (await (await fetch(`${baseUrl}/sandbox/bank/books`)).json()) as {
      totals: { payouts: number };
    };
    if (books.totals.payouts >= applications) return;
    if (performance.now() > deadline)
      throw new Error(`${books.totals.payouts} of ${applications} were paid out`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** The clock answers when everything due has been done, and all that came of it. */
async function closeDay(platform: PlatformProcess): Promise<Counts> {
  const before = await readCounts(platform);
  await advanceClock(platform.baseUrl, DAY_SECONDS);
  const after = await readCounts(platform);
  return map((name) => after[name] - before[name]);
}

async function listLoans(platform: PlatformProcess, loans: number): Promise<readonly string[]> {
  const answer = await fetch(`${platform.baseUrl}/v1/applications?limit=${LOANS_MAX}`, {
    headers: byPartner(platform),
  });
  const { items } = (await answer.json()) as { items: { loanId?: string }[] };
  const found = items.flatMap(({ loanId }) => loanId ?? []);
  if (found.length !== loans) throw new Error(`${found.length} of ${loans} loans are listed`);
  return found;
}

async function noticeAll({ baseUrl }: PlatformProcess, loanIds: readonly string[]): Promise<void> {
  for (const [n, remark] of loanIds.entries())
    await post(`${baseUrl}/sandbox/bank/receipts`, {
      amountFen: PAID_FEN,
      remark,
      receiptId: `noticed-${n}`,
    });
}

async function reportAll(platform: PlatformProcess, loanIds: readonly string[]): Promise<void> {
  const { baseUrl } = platform;
  const clock = (await (await fetch(`${baseUrl}/local/clock`)).json()) as { now: string };
  const valueDate = businessDateOf(Date.parse(clock.now));
  for (const [n, loanId] of loanIds.entries())
    await post(
      `${baseUrl}/v1/loans/${loanId}/payments`,
      { amountFen: PAID_FEN, valueDate, reference: `reported-${n}` },
      { ...byPartner(platform), 'idempotency-key': `reported-${n}` },
    );
}

function byPartner({ partnerKey }: PlatformProcess): Record<string, string> {
  return { authorization: `Bearer ${partnerKey}` };
}

async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`HTTP ${answer.status} of ${url}: ${await answer.text()}`);
}
