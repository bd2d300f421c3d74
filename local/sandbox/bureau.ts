import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { CreditReport } from '../../domain/applications/provider-ports.ts';
import { sampleRowOf } from '../samples/sample-applicant.ts';
import type { GermanRow } from '../samples/german-row.ts';
import type { Clock } from '../clock.ts';
import { scenarioOf } from './magic.ts';
import { malformed, noSuchRoute, outOfService } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';
import { Tally } from './tally.ts';

const Body = z.object({
  idNumber: z.string().min(1),
  name: z.string(),
  consentId: z.string().min(1),
  purpose: z.enum(['PreLoan', 'PostLoan']),
});

type Findings = Omit<CreditReport, 'reportId' | 'obtainedAt'>;

const clean: Findings = {
  score: 720,
  openLoans: 1,
  outstandingFen: 12_000_00,
  overdueCount24Months: 0,
  currentOverdueFen: 0,
  queries3Months: 1,
};

/** A personal credit agency. The same person gets the same findings every time; only id and date of the report differ. */
export class BureauProvider implements SandboxProvider {
  readonly #clock: Clock;
  readonly #tally = new Tally();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  needsKey(): boolean {
    return true;
  }

  handle(request: SandboxRequest): SandboxAnswer {
    if (request.method !== 'POST' || request.path !== '/reports') return noSuchRoute;
    const body = Body.safeParse(request.body);
    // A query without a consent is unlawful, and the agency refuses it.
    if (!body.success) return malformed('idNumber, name, consentId and purpose are needed');
    const { idNumber, consentId } = body.data;
    const scenario = scenarioOf(idNumber);
    if (scenario === 'BureauDown') return outOfService;
    if (scenario === 'BureauDownTwice' && this.#tally.attempt(idNumber) <= 2) return outOfService;
    this.#tally.count('Report');
    const obtainedAt = new Date(this.#clock.now()).toISOString();
    const reportId = `rep_${digestOf(`${idNumber}\n${consentId}`).toString('hex').slice(0, 24)}`;
    return { status: 200, body: { reportId, obtainedAt, ...findingsOn(idNumber) } };
  }

  books(): unknown {
    return this.#tally.books();
  }

  close(): void {
    this.#tally.clear();
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function findingsOn(idNumber: string): Partial<Findings> {
  const scenario = scenarioOf(idNumber);
  if (scenario === 'BureauLowScore') return { ...clean, score: 420, overdueCount24Months: 2 };
  if (scenario === 'BureauCurrentlyOverdue') return { ...clean, currentOverdueFen: 3_500_00 };
  if (scenario === 'BureauOftenOverdue') return { ...clean, score: 560, overdueCount24Months: 7 };
  if (scenario === 'BureauManyQueries') return { ...clean, queries3Months: 15 };
  if (scenario === 'BureauOverindebted')
    return { ...clean, score: 600, openLoans: 9, outstandingFen: 900_000_00 };
  // A person without a file has no score at all: the field is missing, not zero.
  if (scenario === 'BureauNoFile')
    return {
      openLoans: 0,
      outstandingFen: 0,
      overdueCount24Months: 0,
      currentOverdueFen: 0,
      queries3Months: 0,
    };
  if (scenario !== undefined) return clean;
  const row = sampleRowOf(idNumber);
  return row === undefined ? findingsFromDigest(digestOf(idNumber)) : findingsFromRow(row);
}

/** Strangers differ, but none of them has ever paid late: whoever wants trouble asks for it with a test number. */
function findingsFromDigest(digest: Buffer): Findings {
  const [a = 0, b = 0, c = 0, d = 0] = digest;
  const openLoans = a % 3;
  return {
    score: 680 + (b % 100),
    openLoans,
    outstandingFen: openLoans * (2_000 + c * 20) * 100,
    overdueCount24Months: 0,
    currentOverdueFen: 0,
    queries3Months: d % 3,
  };
}

const historyPoints: Readonly<Record<string, number>> = {
  A30: -60,
  A31: -50,
  A32: 0,
  A33: -15,
  A34: 40,
};

/**
 * A sample applicant's file, from what the German set says about credit history, existing credits and other instalment
 * plans. Never from the class label: a bureau that knew the outcome would make every model look good.
 */
function findingsFromRow(row: GermanRow): Findings {
  const digest = digestOf(`bureau ${row.index}`);
  const jitter = (digest[0] ?? 0) % 41;
  const isIndebtedElsewhere = row.otherInstallmentPlans !== 'A143';
  const openLoans = row.existingCredits - 1 + (isIndebtedElsewhere ? 1 : 0);
  return {
    score: 640 + (historyPoints[row.creditHistory] ?? 0) + jitter - (isIndebtedElsewhere ? 20 : 0),
    openLoans,
    outstandingFen: openLoans * (4_000 + ((digest[1] ?? 0) % 100) * 100) * 100,
    overdueCount24Months: row.creditHistory === 'A33' ? 1 + ((digest[2] ?? 0) % 3) : 0,
    currentOverdueFen: row.creditHistory === 'A33' && (digest[3] ?? 0) % 8 === 0 ? 1_200_00 : 0,
    queries3Months: (digest[4] ?? 0) % (isIndebtedElsewhere ? 7 : 4),
  };
}
