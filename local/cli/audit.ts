import type { AuditRecord } from '../../domain/shared/audit.ts';
import { verifyChain } from '../../domain/shared/audit.ts';
import { sendRaw } from '../sandbox/http-json.ts';
import type { PlatformClient } from '../sandbox/platform-client.ts';
import { everyItem } from '../sandbox/page-items.ts';

export interface AuditFinding {
  /** The invariant of docs/reliability that is hurt. */
  readonly invariant: 'I1' | 'I3' | 'I4' | 'I19';
  readonly subjectId: string;
  readonly because: string;
}

export interface AuditReport {
  readonly applications: number;
  readonly loans: number;
  readonly chains: number;
  readonly payouts: number;
  readonly findings: readonly AuditFinding[];
}

type Facts = Readonly<Record<string, unknown>>;
interface BankBooks {
  readonly payouts: readonly { reference: string; amountFen: number; count: number }[];
}

const CONCURRENCY = 4;

/**
 * Checks the books against each other: every audit chain from its genesis (I19), every active loan against exactly one
 * payment in the bank's own books (I3, I4), shares against the principal (I3), journal entries against zero (I1).
 */
export async function auditPlatform(options: {
  readonly operator: PlatformClient;
  readonly onProgress?: (done: number, total: number) => void;
}): Promise<AuditReport> {
  const { operator } = options;
  const books = await readBankBooks(operator.baseUrl);
  const applications = await readApplications(operator);
  const findings: AuditFinding[] = [];
  const paidReferences = new Set<string>();
  let loans = 0;
  let chains = 0;
  let done = 0;
  await inParallel(applications, async (application) => {
    const applicationId = String(application['applicationId']);
    findings.push(...(await auditChain(operator, applicationId)));
    chains += 1;
    const loanId = application['loanId'];
    if (typeof loanId === 'string') {
      const loan = await operator.get(`/ops/loans/${loanId}`);
      const facts = factsOf(loan, 'loan');
      findings.push(...auditLoan({ facts, loan, books }), ...(await auditChain(operator, loanId)));
      chains += 1;
      loans += 1;
      if (facts['status'] === 'Active') paidReferences.add(String(facts['payoutRef']));
    }
    options.onProgress?.((done += 1), applications.length);
  });
  findings.push(...strayPayouts(books, paidReferences));
  return {
    applications: applications.length,
    loans,
    chains,
    payouts: books.payouts.length,
    findings,
  };
}

async function auditChain(operator: PlatformClient, subjectId: string): Promise<AuditFinding[]> {
  const records: AuditRecord[] = [];
  for await (const record of everyItem(operator, `/ops/audit/${subjectId}`))
    records.push({ ...(record as unknown as AuditRecord), subjectId });
  if (records.length === 0)
    return [{ invariant: 'I19', subjectId, because: 'there is no audit record' }];
  const verdict = verifyChain(subjectId, records);
  if (verdict.isIntact) return [];
  return [{ invariant: 'I19', subjectId, because: `${verdict.because} at ${verdict.brokenAt}` }];
}

/** Judges one loan by the bank's books, its own shares and its own journal. */
export function auditLoan(input: {
  readonly facts: Facts;
  readonly loan: Facts;
  readonly books: BankBooks;
}): AuditFinding[] {
  const { facts, loan, books } = input;
  const subjectId = String(facts['loanId']);
  const principalFen = Number(facts['principalFen']);
  const findings: AuditFinding[] = [];
  const shares = listIn(facts, 'participations');
  const sharesFen = shares.reduce((sum, { shareFen }) => sum + Number(shareFen), 0);
  if (sharesFen !== principalFen)
    findings.push({
      invariant: 'I3',
      subjectId,
      because: `shares sum to ${sharesFen}, not ${principalFen}`,
    });
  for (const entry of listIn(loan, 'entries')) {
    const legsFen = listIn(entry, 'legs').reduce(
      (sum, { amountFen }) => sum + Number(amountFen),
      0,
    );
    if (legsFen !== 0)
      findings.push({ invariant: 'I1', subjectId, because: `an entry sums to ${legsFen}` });
  }
  if (facts['status'] === 'Active') findings.push(...auditPayment({ facts, subjectId, books }));
  return findings;
}

function auditPayment(input: {
  readonly facts: Facts;
  readonly subjectId: string;
  readonly books: BankBooks;
}): AuditFinding[] {
  const { facts, subjectId, books } = input;
  const payout = books.payouts.find(({ reference }) => reference === facts['payoutRef']);
  if (payout === undefined)
    return [{ invariant: 'I4', subjectId, because: 'the loan is active but the bank never paid' }];
  if (payout.count !== 1)
    return [{ invariant: 'I4', subjectId, because: `the bank paid ${payout.count} times` }];
  if (payout.amountFen !== facts['principalFen'])
    return [{ invariant: 'I3', subjectId, because: `the bank paid ${payout.amountFen}` }];
  return [];
}

function strayPayouts(books: BankBooks, known: ReadonlySet<string>): AuditFinding[] {
  return books.payouts
    .filter(({ reference }) => !known.has(reference))
    .map(({ reference }) => ({
      invariant: 'I4',
      subjectId: reference,
      because:
        'the bank paid and no active loan says so (a payout still on its way also looks like this)',
    }));
}

async function readBankBooks(baseUrl: string): Promise<BankBooks> {
  const { status, text } = await sendRaw({ method: 'GET', url: `${baseUrl}/sandbox/bank/books` });
  if (status !== 200) throw new Error(`the bank's books answered ${status}`);
  return JSON.parse(text) as BankBooks;
}

async function readApplications(operator: PlatformClient): Promise<Facts[]> {
  const applications: Facts[] = [];
  for await (const application of everyItem(operator, '/ops/applications'))
    applications.push(application);
  return applications;
}

function factsOf(body: Facts, name: string): Facts {
  const inner = body[name];
  return typeof inner === 'object' && inner !== null ? (inner as Facts) : body;
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
  const { applications, loans, chains, payouts, findings } = report;
  return [
    `${applications} applications, ${loans} loans, ${payouts} payouts in the bank's books, ${chains} audit chains`,
    ...findings.map(
      ({ invariant, subjectId, because }) => `${invariant}  ${subjectId}: ${because}`,
    ),
    findings.length === 0 ? 'everything agrees' : `${findings.length} findings`,
  ];
}
