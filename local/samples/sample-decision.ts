import * as z from 'zod';
import { applicantFactsOf } from '../../domain/applications/applicant-facts.ts';
import type { Applicant } from '../../domain/applications/application.ts';
import { createApplication } from '../../domain/applications/change-application.ts';
import { screenApplication } from '../../domain/applications/screen-application.ts';
import { contactOf, normaliseRequest } from '../../domain/applications/validate-applicant.ts';
import type { Funder } from '../../domain/catalog/funder.ts';
import type { Partner } from '../../domain/catalog/partner.ts';
import { reviewDocuments } from '../../domain/documents/review-documents.ts';
import { summariseReport } from '../../domain/underwriting/credit-report.ts';
import type { DecisionSetting } from '../../domain/underwriting/decide-by-policy.ts';
import type { DecisionInputs } from '../../domain/underwriting/decision-inputs.ts';
import { gatherInputs } from '../../domain/underwriting/gather-inputs.ts';
import type { Clock } from '../clock.ts';
import { BureauProvider } from '../sandbox/bureau.ts';
import { IdentityProvider } from '../sandbox/identity.ts';
import { IncomeProvider } from '../sandbox/income.ts';
import type { SandboxProvider } from '../sandbox/provider.ts';
import { sampleAt } from './samples.ts';

/** The day on which samples are decided when no platform runs. */
export const SAMPLE_DATE = '2026-11-23';
const SAMPLE_INSTANT = `${SAMPLE_DATE}T02:00:00.000Z`;

/** What a sample is decided by. */
export interface SampleSetting extends Omit<DecisionSetting, 'policy'> {
  readonly funder: Funder;
  readonly partner: Partner;
}

export interface SampleCase {
  readonly index: number;
  readonly inputs: DecisionInputs;
  /** Why screening stops it before anybody decides; mostly never. */
  readonly screenedOutBy: readonly string[];
  /** The label of the set: for reports only, no decision sees it. */
  readonly wasGood: boolean;
}

/** What screening finds when nobody else has sent anything. */
const quiet = {
  hasDevice: false,
  hasAddress: false,
  hasContacts: false,
  applicationsByPartner1Day: 1,
  applicationsByPhone7Days: 0,
  borrowersByPhone30Days: 0,
  borrowersByCard30Days: 0,
};

const clock: Clock = {
  now: () => Date.parse(SAMPLE_INSTANT),
  at: () => () => undefined,
};
const bureau = new BureauProvider(clock);
const identity = new IdentityProvider();
const income = new IncomeProvider();

/** One sample as it stands before the decision, with what the sandbox's providers say of it; nobody has looked at it. */
export function sampleCase(position: number, setting: SampleSetting): SampleCase {
  const { funder, partner, policyPack, product } = setting;
  const { row, request: sent } = sampleAt(position, new Date(SAMPLE_INSTANT));
  const request = normaliseRequest(sent);
  const { applicant } = request;
  const application = {
    ...createApplication({
      request,
      partnerId: partner.partnerId,
      productVersion: product.version,
      applicant: applicantFactsOf(request, `borrower-${String(position)}`),
      pii: new Uint8Array(),
      submittedAt: SAMPLE_INSTANT,
    }),
    signals: quiet,
  };
  const credit = summariseReport(askBureau(applicant), false);
  const review = reviewDocuments({
    application,
    product: { documents: [], applicantKind: product.applicantKind },
    declaredMonthlyIncomeFen: declaredIncomeOf(applicant),
    checks: { ...askIdentity(applicant), ...askIncome(applicant), recognitions: [] },
    round: 1,
  });
  const screening = screenApplication({
    application,
    applicant,
    product,
    partner,
    funder,
    policyPack,
    isBlocked: false,
    isBusy: false,
    date: SAMPLE_DATE,
  });
  return {
    index: row.index,
    wasGood: row.wasGood,
    screenedOutBy: screening.reasonCodes,
    inputs: gatherInputs({
      ...setting,
      application: { ...application, credit, review },
      applicant,
      date: SAMPLE_DATE,
      at: SAMPLE_INSTANT,
    }),
  };
}

function declaredIncomeOf(applicant: Applicant): number | undefined {
  return applicant.kind === 'Person' ? applicant.monthlyIncomeFen : undefined;
}

const Report = z.object({
  reportId: z.string(),
  obtainedAt: z.string(),
  score: z.int().optional(),
  openLoans: z.int(),
  outstandingFen: z.int(),
  overdueCount24Months: z.int(),
  currentOverdueFen: z.int(),
  queries3Months: z.int(),
});

function askBureau(applicant: Applicant) {
  const { idNumber, name } = contactOf(applicant);
  const body = { idNumber, name, consentId: `sample:${idNumber}`, purpose: 'PreLoan' };
  const { score, ...report } = Report.parse(ask(bureau, '/reports', body));
  return { ...report, score };
}

function askIdentity(applicant: Applicant) {
  const Answer = z.object({ result: z.enum(['Match', 'Mismatch', 'NotFound']) });
  return { identity: Answer.parse(ask(identity, '', contactOf(applicant))).result };
}

function askIncome(applicant: Applicant) {
  const Answer = z.object({
    result: z.enum(['Confirmed', 'Lower', 'NoRecord']),
    verifiedMonthlyIncomeFen: z.int().optional(),
  });
  const declaredMonthlyIncomeFen = declaredIncomeOf(applicant);
  if (declaredMonthlyIncomeFen === undefined) return {};
  const { idNumber } = contactOf(applicant);
  return { income: Answer.parse(ask(income, '', { idNumber, declaredMonthlyIncomeFen })) };
}

function ask(provider: SandboxProvider, path: string, body: unknown): unknown {
  const { status, body: answer } = provider.handle({
    method: 'POST',
    path,
    query: new URLSearchParams(),
    headers: {},
    rawBody: JSON.stringify(body),
    body,
    arrival: 0,
  });
  if (status !== 200) throw new Error(`a sandbox provider answered ${String(status)}`);
  return answer;
}
