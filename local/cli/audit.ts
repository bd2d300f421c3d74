import { auditBusinessDays, auditLoanClosing } from '../../domain/audit/audit-day-closes.ts';
import { auditChain } from '../../domain/audit/audit-chain.ts';
import {
  auditCollections,
  type BankCollections,
  type PostedPayment,
} from '../../domain/audit/audit-collections.ts';
import { auditLoanFile } from '../../domain/audit/audit-loan-file.ts';
import {
  auditPayout,
  auditStrayPayouts,
  type BankPayout,
} from '../../domain/audit/audit-payouts.ts';
import { auditTask } from '../../domain/audit/audit-tasks.ts';
import type { AuditFinding } from '../../domain/audit/finding.ts';
import { PolicyPack } from '../../domain/catalog/policy-pack.ts';
import { disbursedStatuses, Loan } from '../../domain/loans/loan.ts';
import { BusinessDay } from '../../domain/servicing/business-day.ts';
import type { ParkedLoan } from '../../domain/servicing/day-close-ports.ts';
import { dayPolicyOf } from '../../domain/servicing/day-policy.ts';
import { accounts } from '../../domain/servicing/chart-of-accounts.ts';
import { isReversed } from '../../domain/servicing/reverse-payment.ts';
import { balancesOf } from '../../domain/servicing/journal-legs.ts';
import type { LoanFile } from '../../domain/servicing/loan-file.ts';
import { readLoanFile } from '../../domain/servicing/read-loan-file.ts';
import type { AuditRecord } from '../../domain/shared/audit.ts';
import { businessDateOf } from '../../domain/shared/calendar.ts';
import type { Task } from '../../domain/tasks/task.ts';
import { readPlatformClock } from './platform-clock.ts';
import { readBankBooks, type BankBooks } from './bank-books.ts';
import { readRegister } from './privacy.ts';
import { everyItem } from '../sandbox/page-items.ts';
import { PlatformProblem, type PlatformClient } from '../sandbox/platform-client.ts';

export interface AuditReport {
  readonly applications: number;
  /** Applications of which only the chain is left. */
  readonly erasures: number;
  readonly loans: number;
  readonly tasks: number;
  readonly chains: number;
  readonly businessDays: number;
  readonly parkedLoans: number;
  readonly payouts: number;
  readonly payments: number;
  /** Sums over the journals of all loans, in fen, by account without its owner. */
  readonly journal: Readonly<Record<string, number>>;
  readonly findings: readonly AuditFinding[];
}

type Facts = Readonly<Record<string, unknown>>;

const CONCURRENCY = 4;
/** A change on its way from the table to the chain: looked at again before it counts as lost. */
const CHAIN_LOOKS = 5;
const LOOK_AGAIN_MS = 200;

/** What the whole platform has in common: the bank's books, the runs of the day close, what it set aside. */
interface Common {
  readonly operator: PlatformClient;
  readonly asOf: string;
  readonly payouts: readonly BankPayout[];
  readonly collections: BankCollections;
  readonly suspended: readonly { readonly bankId: string; readonly amountFen: number }[];
  readonly days: readonly BusinessDay[];
  readonly parked: ReadonlyMap<string, ParkedLoan>;
  readonly pack: PolicyPack;
}

interface Sums {
  readonly loans: Loan[];
  readonly payments: PostedPayment[];
  readonly journal: Map<string, number>;
  readonly findings: AuditFinding[];
  chains: number;
  tasks: number;
}

/**
 * Recomputes what must hold from the platform's own answers and from the bank's own books: every application of
 * every partner, its loan, its tasks and their audit chains, and the runs of the day close.
 */
export async function auditPlatform(options: {
  readonly operator: PlatformClient;
  /** An address or a file; by default the books of the sandbox's bank beside the platform. */
  readonly bankBooks?: string | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}): Promise<AuditReport> {
  const { operator } = options;
  const books = await readBankBooks(options.bankBooks ?? sandboxBooks(operator));
  const common = await readCommon(operator, books);
  const applications = await readApplications(operator);
  const sums: Sums = {
    loans: [],
    payments: [],
    journal: new Map(),
    findings: [],
    chains: 0,
    tasks: 0,
  };
  let done = 0;
  await inParallel(applications, async ({ applicationId }) => {
    await auditApplication(String(applicationId), common, sums);
    options.onProgress?.((done += 1), applications.length);
  });
  const erasures = await readRegister(operator);
  await inParallel(erasures, (erasure) => auditErasure(erasure, common, sums));
  const held = (account: string) => sums.journal.get(account) ?? 0;
  sums.findings.push(
    ...auditStrayPayouts(common.payouts, sums.loans),
    ...auditCollections({
      bank: common.collections,
      payments: sums.payments,
      suspended: common.suspended,
      heldFen: held(accounts.bank) + held(accounts.suspense),
    }),
    ...auditBusinessDays(common.days),
  );
  return {
    applications: applications.length,
    erasures: erasures.length,
    loans: sums.loans.length,
    tasks: sums.tasks,
    chains: sums.chains,
    businessDays: common.days.length,
    parkedLoans: common.parked.size,
    payouts: common.payouts.length,
    payments: sums.payments.length,
    journal: Object.fromEntries([...sums.journal].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    findings: sums.findings,
  };
}

/** Where the sandbox's bank shows its books, on one machine. */
export function sandboxBooks({ baseUrl }: PlatformClient): string {
  return `${baseUrl}/sandbox/bank/books`;
}

async function readCommon(operator: PlatformClient, books: BankBooks): Promise<Common> {
  const [nowMs, days, parked, packs, suspended] = await Promise.all([
    readPlatformClock(operator.baseUrl),
    allOf(operator, '/ops/business-days'),
    allOf(operator, '/ops/parked-loans'),
    operator.get('/ops/catalog?kind=policy-pack'),
    allOf(operator, '/ops/receipts'),
  ]);
  const pack = listIn(packs, 'items')
    .map((item) => PolicyPack.parse(item))
    .toSorted((a, b) => (a.packId < b.packId ? -1 : 1))
    .at(-1);
  if (pack === undefined) throw new Error('the catalog has no policy pack');
  return {
    operator,
    pack,
    asOf: businessDateOf(nowMs),
    payouts: books.payouts,
    collections: books,
    suspended: suspended as unknown as Common['suspended'],
    days: days.map((day) => BusinessDay.parse(day)),
    parked: new Map(parked.map((loan) => [String(loan['loanId']), loan as unknown as ParkedLoan])),
  };
}

async function auditApplication(applicationId: string, common: Common, sums: Sums): Promise<void> {
  const application = await common.operator.get(`/ops/applications/${applicationId}`);
  await chainOf({ subjectId: applicationId, version: application['version'] }, common, sums);
  for (const task of listIn(application, 'tasks')) {
    sums.tasks += 1;
    sums.findings.push(...auditTask(task as unknown as Task));
    await chainOf({ subjectId: String(task['taskId']), version: task['version'] }, common, sums);
  }
  const { loanId, status } = application;
  if (typeof loanId !== 'string') return;
  if (paidFrom.has(String(status)) || (await hasLoan(loanId, common.operator)))
    await auditLoan(loanId, common, sums);
}

/** An application that came this far has its loan. */
const paidFrom: ReadonlySet<string> = new Set(['Disbursing', 'PayoutFailed', 'Disbursed']);

/** A contract names the loan it would be; of one that nobody signed there is none. */
async function hasLoan(loanId: string, operator: PlatformClient): Promise<boolean> {
  try {
    await operator.get(`/ops/loans/${loanId}`);
    return true;
  } catch (error) {
    // Anything else is for the audit of the loan to say.
    return !(error instanceof PlatformProblem && error.status === 404);
  }
}

/** Nothing about the person is left to be compared; that it was erased, and the books of its loan, are. */
async function auditErasure(
  { applicationId, loanId }: Facts,
  common: Common,
  sums: Sums,
): Promise<void> {
  await chainOf({ subjectId: String(applicationId), version: undefined }, common, sums);
  // Was money paid out, the bank's books say so: they have to agree with the journals.
  if (typeof loanId === 'string' && (await hasLoan(loanId, common.operator)))
    await auditLoan(loanId, common, sums);
}

async function auditLoan(loanId: string, common: Common, sums: Sums): Promise<void> {
  const { operator, payouts, parked } = common;
  // What was set aside because it cannot be read cannot be recomputed either: its reason is judged, and its chain.
  const set = parked.get(loanId);
  const answer = await operator.get(`/ops/loans/${loanId}`).catch((error: unknown) => {
    if (set === undefined) throw error;
    return undefined;
  });
  if (answer === undefined) {
    if (set?.reason === '')
      sums.findings.push({
        invariant: 'I14',
        subjectId: loanId,
        because: 'parked without a reason',
      });
    await chainOf({ subjectId: loanId, version: undefined }, common, sums);
    return;
  }
  const loan = Loan.parse({ ...answer, borrowerKey: '' });
  sums.loans.push(loan);
  await chainOf({ subjectId: loanId, version: loan.version }, common, sums);
  sums.findings.push(...auditPayout(loan, payouts));
  if (!disbursedStatuses.includes(loan.status)) return;
  const file = await readFile(loanId, operator);
  sums.findings.push(...auditLoanFile(file, common.asOf), ...closingOf(file, common));
  for (const { reference, receiptId, channel, loanEvent, record } of file.payments)
    sums.payments.push({
      loanId,
      reference,
      channel,
      receiptId,
      amountFen: loanEvent.amountFen,
      isReversed: isReversed(file, record.slice('payment#'.length)),
    });
  for (const [account, fen] of balancesOf(file.entries)) {
    const name = account.replace(/^funder:[^:]+:/, 'funder:');
    sums.journal.set(name, (sums.journal.get(name) ?? 0) + fen);
  }
}

function closingOf(file: LoanFile, { days, pack, parked }: Common): AuditFinding[] {
  const closedOn = days.find(({ status }) => status === 'Closed')?.businessDate;
  if (closedOn === undefined) return [];
  const policy = dayPolicyOf(pack, { lenderType: file.agreement.lenderType, date: closedOn });
  return auditLoanClosing(file, { closedOn, policy, parked: parked.get(file.loan.loanId) });
}

async function readFile(loanId: string, operator: PlatformClient): Promise<LoanFile> {
  const answer = await operator.get(`/ops/loans/${loanId}/file`);
  const loan = { ...(answer['loan'] as Facts), borrowerKey: '' };
  const records = ['payments', 'changes', 'entries', 'schedules', 'orders'].flatMap((name) =>
    listIn(answer, name),
  );
  const items = [loan, answer['agreement'] as Facts, ...records] as unknown as {
    record: string;
  }[];
  const file = readLoanFile(items.toSorted((a, b) => (a.record < b.record ? -1 : 1)));
  if (file === undefined || file === 'Torn') throw new Error(`the file of ${loanId} is not whole`);
  return file;
}

/** The chain may be a moment behind the table: one that is short is read again before it is judged. */
async function chainOf(
  subject: { readonly subjectId: string; readonly version: unknown },
  { operator }: Common,
  sums: Sums,
): Promise<void> {
  const { subjectId } = subject;
  const version = typeof subject.version === 'number' ? subject.version : undefined;
  sums.chains += 1;
  for (let look = 1; ; look += 1) {
    const answer = await operator.get(`/ops/audit/${subjectId}`);
    const records = listIn(answer, 'items').map((record) => ({ ...record, subjectId }));
    const findings = auditChain({ subjectId, version }, records as unknown as AuditRecord[]);
    if (look >= CHAIN_LOOKS || !findings.some(({ invariant }) => invariant === 'I20')) {
      sums.findings.push(...findings);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** Applications are listed by partner; the partners are in the catalog. */
async function readApplications(operator: PlatformClient): Promise<Facts[]> {
  const partners = listIn(await operator.get('/ops/catalog?kind=partner'), 'items');
  const lists = await Promise.all(
    partners.map(({ partnerId }) =>
      allOf(operator, `/ops/applications?partnerId=${String(partnerId)}`),
    ),
  );
  return lists.flat();
}

async function allOf(operator: PlatformClient, path: string): Promise<Facts[]> {
  const items: Facts[] = [];
  for await (const item of everyItem(operator, path)) items.push(item);
  return items;
}

function listIn(facts: Facts, name: string): Facts[] {
  const value = facts[name];
  return Array.isArray(value) ? (value as Facts[]) : [];
}

async function inParallel<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const workers = Array.from({ length: CONCURRENCY }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  });
  await Promise.all(workers);
}

/** The report as lines for a person. */
export function describeAudit(report: AuditReport): string[] {
  const { applications, erasures, loans, tasks, chains, businessDays, parkedLoans } = report;
  const { payouts, payments, findings } = report;
  return [
    `${applications} applications, ${erasures} erased, ${loans} loans, ${tasks} tasks, ${payouts} payouts and ${payments} payments in the bank's books, ${chains} audit chains, ${businessDays} business days, ${parkedLoans} parked loans`,
    ...findings.map(
      ({ invariant, subjectId, because }) => `${invariant}  ${subjectId}: ${because}`,
    ),
    findings.length === 0 ? 'everything agrees' : `${findings.length} findings`,
  ];
}
