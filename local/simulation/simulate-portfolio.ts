import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, addMonths, businessDateOf } from '../../domain/shared/calendar.ts';
import type { PlatformProcess } from '../bench/platform-process.ts';
import { syntheticApplication, syntheticCardNumber } from '../bench/synthetic-applications.ts';
import { auditPlatform, type AuditReport } from '../cli/audit.ts';
import { sendRaw } from '../sandbox/http-json.ts';
import { SandboxPayer } from '../sandbox/payer.ts';
import { PlatformClient } from '../sandbox/platform-client.ts';

export interface PortfolioWish {
  readonly loans: number;
  readonly months: number;
  readonly seed: number;
  readonly onProgress?: (line: string) => void;
}

/** The portfolio at the end of one month. */
export interface MonthEnd {
  readonly date: string;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byBucket: Readonly<Record<string, number>>;
  readonly payments: number;
  /** What our journals hold, and what the bank's books say was received, fetched and paid back. */
  readonly heldFen: number;
  readonly bankFen: number;
  readonly findings: AuditReport['findings'];
}

export interface PortfolioReport {
  readonly loans: number;
  readonly months: number;
  readonly seed: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly monthEnds: readonly MonthEnd[];
  readonly businessDays: number;
  readonly seconds: number;
  readonly findings: number;
}

const AT_ONCE = 6;
const APPROVED_IN_MS = 240_000;

/**
 * Replays a portfolio on a running platform: applications, payouts, then month after month of day closes, with borrowers
 * who pay by their habits. At the end of every month everything is audited against the bank's own books.
 */
export async function simulatePortfolio(
  platform: PlatformProcess,
  dataDir: string,
  wish: PortfolioWish,
): Promise<PortfolioReport> {
  const startedAt = performance.now();
  const { loans, months, seed, onProgress = () => undefined } = wish;
  const partner = clientOf(platform.baseUrl, platform.partnerKey);
  const payers = await borrow(partner, { loans, seed });
  onProgress(`${payers.length} loans are paid out`);
  const firstDay = await today(platform.baseUrl);
  const monthEnds: MonthEnd[] = [];
  let date = firstDay;
  for (let month = 1; month <= months; month += 1) {
    const end = addMonths(firstDay, month);
    while (date < end) {
      const next = nextDateOf(payers, date, end);
      await moveTo(platform.baseUrl, next);
      date = next;
      await inParallel(payers, (payer) => payer.act(date));
      await untilTold(platform.baseUrl);
    }
    const monthEnd = await auditMonth(platform.baseUrl, dataDir, { date, payers, partner });
    monthEnds.push(monthEnd);
    onProgress(describeMonth(month, monthEnd));
  }
  const last = monthEnds.at(-1);
  return {
    loans: payers.length,
    months,
    seed,
    byKind: counted(payers.map(({ kind }) => kind)),
    monthEnds,
    businessDays: last === undefined ? 0 : daysBetween(firstDay, last.date),
    seconds: Math.round((performance.now() - startedAt) / 1000),
    findings: monthEnds.reduce((sum, { findings }) => sum + findings.length, 0),
  };
}

/** Sends as many applications as it takes for so many loans, and waits until they are paid out. */
async function borrow(
  partner: PlatformClient,
  { loans, seed }: { readonly loans: number; readonly seed: number },
): Promise<(SandboxPayer & { readonly loanId: string })[]> {
  const payers: (SandboxPayer & { readonly loanId: string })[] = [];
  const numbers = Array.from({ length: loans }, (_, number) => number + 1);
  await inParallel(numbers, async (number) => {
    const body = syntheticApplication(`portfolio-${seed}`, number);
    const key = `portfolio-${seed}-${number}`;
    const { applicationId } = (await partner.post('/v1/applications', body, key)).body;
    const loanId = await paidOut(partner, String(applicationId));
    const accountNumber = syntheticCardNumber(number);
    const payer = new SandboxPayer({ platform: partner, loanId, accountNumber, seed });
    await payer.start();
    payers.push(Object.assign(payer, { loanId }));
  });
  return payers;
}

async function paidOut(partner: PlatformClient, applicationId: string): Promise<string> {
  const deadline = performance.now() + APPROVED_IN_MS;
  for (;;) {
    const { status, loanId } = await partner.get(`/v1/applications/${applicationId}`);
    if (status === 'Disbursed') return String(loanId);
    if (performance.now() > deadline)
      throw new Error(`${applicationId} was not paid out in time: it is ${String(status)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The next date on which somebody means to pay, but not after the end of the month. */
function nextDateOf(payers: readonly SandboxPayer[], date: string, end: string): string {
  let next = end;
  for (const { nextOn } of payers) if (nextOn !== undefined && nextOn < next) next = nextOn;
  return next > date ? next : addDays(date, 1);
}

/** Ten in the morning of a date: its day close is long over, and banks are open. */
async function moveTo(baseUrl: string, date: string): Promise<void> {
  const { status, text } = await sendRaw({
    method: 'POST',
    url: `${baseUrl}/local/clock`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: `${date}T10:00:00+08:00` }),
    timeoutMs: 3_600_000,
  });
  if (status !== 200) throw new Error(`the clock answered ${status}: ${text.slice(0, 200)}`);
}

interface BankBooks {
  readonly refunds: readonly { readonly amountFen: number; readonly count: number }[];
  readonly collections: {
    readonly receipts: readonly { readonly isDelivered: boolean }[];
    readonly totals: { debitedFen: number; receivedFen: number; returnedFen: number };
  };
}

async function booksOf(baseUrl: string): Promise<BankBooks> {
  const { text } = await sendRaw({ method: 'GET', url: `${baseUrl}/sandbox/bank/books` });
  return JSON.parse(text) as BankBooks;
}

/** Waits until the platform has heard of all money that arrived. */
async function untilTold(baseUrl: string): Promise<void> {
  for (let look = 0; look < 600; look += 1) {
    const { receipts } = (await booksOf(baseUrl)).collections;
    if (receipts.every(({ isDelivered }) => isDelivered)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the bank cannot tell the platform of what arrived');
}

async function auditMonth(
  baseUrl: string,
  dataDir: string,
  {
    date,
    payers,
    partner,
  }: {
    readonly date: string;
    readonly payers: readonly { readonly loanId: string }[];
    readonly partner: PlatformClient;
  },
): Promise<MonthEnd> {
  // The token of the month before may have run out; every move of the clock leaves a fresh one.
  const file = readFileSync(join(dataDir, 'credentials.json'), 'utf8');
  const { operatorToken } = JSON.parse(file) as { operatorToken: string };
  const report = await auditPlatform({ operator: clientOf(baseUrl, operatorToken) });
  const { refunds, collections } = await booksOf(baseUrl);
  const { debitedFen, receivedFen, returnedFen } = collections.totals;
  const refundedFen = refunds.reduce((sum, { amountFen, count }) => sum + amountFen * count, 0);
  const loans: Readonly<Record<string, unknown>>[] = [];
  await inParallel(payers, async ({ loanId }) => {
    loans.push(await partner.get(`/v1/loans/${loanId}`));
  });
  const { journal, payments, findings } = report;
  return {
    date,
    byStatus: counted(loans.map(({ status }) => String(status))),
    byBucket: counted(loans.map(({ account }) => (account as { bucket: string }).bucket)),
    payments,
    heldFen: (journal['bank:clearing'] ?? 0) + (journal['suspense'] ?? 0),
    bankFen: receivedFen + debitedFen - returnedFen - refundedFen,
    findings,
  };
}

/** One month as a line for a person. */
export function describeMonth(month: number, end: MonthEnd): string {
  const pairs = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const books =
    end.heldFen === end.bankFen ? 'books agree' : `${end.heldFen} against ${end.bankFen}`;
  return `month ${month}, ${end.date}: ${pairs(end.byStatus)}; ${pairs(end.byBucket)}; ${end.payments} payments, ${books}, ${end.findings.length} findings`;
}

async function today(baseUrl: string): Promise<string> {
  const { text } = await sendRaw({ method: 'GET', url: `${baseUrl}/local/clock` });
  return businessDateOf(Date.parse((JSON.parse(text) as { now: string }).now));
}

function clientOf(baseUrl: string, credential: string): PlatformClient {
  return new PlatformClient({ baseUrl, credential, patienceMs: 60_000 });
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

async function inParallel<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
