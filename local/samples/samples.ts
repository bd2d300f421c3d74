import { createHash } from 'node:crypto';
import type { ApplicationRequest } from '../../domain/applications/application.ts';
import type { GermanRow } from './german-row.ts';
import { germanRows } from './german-row.ts';
import { profileOf } from './sample-profile.ts';
import { sampleCard, sampleIdNumber, sampleMobile, sampleName } from './sample-applicant.ts';
import { magicDocument, sampleDocument } from './sample-documents.ts';
import type { SampleDocument } from './sample-documents.ts';

/** One application of the German set as it is sent to the platform. */
export interface Sample {
  readonly row: GermanRow;
  readonly request: ApplicationRequest;
  /** The document to upload when the application asks for that kind. */
  document(kind: string): SampleDocument;
}

/** Every number of this many rows sends an income proof that the sandbox's reader doubts, so that a reviewer sees one. */
const DOUBTFUL_EVERY_ROWS = 29;

const SAMPLES = 1000;
const CONSENT_TEXT_HASH = `sha256:${createHash('sha256').update('sandbox consent text').digest('hex')}`;

/**
 * Sample number `position`: positions beyond 999 send the rows again for other synthetic people. Within a month the same
 * sample is the same request byte for byte, so it can be sent again after a crash under the same key.
 */
export function sampleAt(position: number, sentAt = new Date()): Sample {
  const row = germanRows()[position % SAMPLES];
  if (row === undefined) throw new Error(`there is no sample ${position}`);
  const cycle = Math.floor(position / SAMPLES);
  const request = requestOf({ row, cycle, consentGivenAt: firstOfMonth(sentAt) });
  return {
    row,
    request,
    document: (kind) =>
      kind === 'IncomeProof' && row.index % DOUBTFUL_EVERY_ROWS === 5
        ? magicDocument(kind, 'Doubtful')
        : sampleDocument(kind, `sample ${request.externalId} ${kind}`),
  };
}

/** The first `count` samples, the 1,000 real rows when left out. */
export function loadSamples(count = SAMPLES, offset = 0): Promise<Sample[]> {
  return Promise.resolve(Array.from({ length: count }, (_, i) => sampleAt(offset + i)));
}

const purposes: Readonly<Record<string, ApplicationRequest['requested']['purpose']>> = {
  A40: 'Vehicle',
  A41: 'UsedVehicle',
  A42: 'Furniture',
  A43: 'HomeAppliances',
  A44: 'HomeAppliances',
  A45: 'Repairs',
  A46: 'Education',
  A47: 'Travel',
  A48: 'Retraining',
  A49: 'Business',
  A410: 'Other',
};

/** What the money is for, in the platform's words. */
export function purposeOf(row: GermanRow): ApplicationRequest['requested']['purpose'] {
  return purposes[row.purpose] ?? 'Other';
}

/** The first of the month: fresh enough for any product, and the same all month. */
function firstOfMonth(date: Date): string {
  return `${date.toISOString().slice(0, 7)}-01T00:00:00+08:00`;
}

function requestOf(facts: {
  readonly row: GermanRow;
  readonly cycle: number;
  readonly consentGivenAt: string;
}): ApplicationRequest {
  const { row, cycle, consentGivenAt } = facts;
  const number = String(row.index + 1).padStart(4, '0');
  const amountFen = amountFenOf(row);
  return {
    externalId: cycle === 0 ? `german-${number}` : `german-${number}.${cycle + 1}`,
    productId: 'consumer-installment',
    requested: {
      amountFen,
      termMonths: row.durationMonths,
      repaymentMethod: methodOf(row),
      purpose: purposeOf(row),
    },
    applicant: {
      kind: 'Person',
      name: sampleName(row),
      idNumber: sampleIdNumber(row, cycle),
      mobile: sampleMobile(row, cycle),
      monthlyIncomeFen: monthlyIncomeFenOf(row, amountFen),
      employment: employmentOf(row),
      bankAccount: { number: sampleCard(row, cycle), bankCode: '999000000014' },
      profile: profileOf(row),
    },
    consents: (['CreditQuery', 'DataSharing', 'SensitiveData'] as const).map((purpose) => ({
      purpose,
      textHash: CONSENT_TEXT_HASH,
      givenAt: consentGivenAt,
    })),
    attribution: { channel: 'PartnerReferral', campaign: 'german-credit' },
  };
}

/** Ten yuan for a mark, to the nearest hundred yuan: ¥2,500 to ¥184,200. */
export function amountFenOf(row: GermanRow): number {
  return Math.round(row.amountMarks / 10) * 100_00;
}

function methodOf(row: GermanRow): ApplicationRequest['requested']['repaymentMethod'] {
  if (row.index % 10 === 9 && row.durationMonths <= 12) return 'Bullet';
  return row.index % 4 === 3 ? 'EqualPrincipal' : 'EqualInstallment';
}

/** The set gives the instalment as a class of the disposable income; the middle of the class, in thousandths. */
const installmentShareThousandths: Readonly<Record<number, number>> = {
  1: 400,
  2: 300,
  3: 225,
  4: 150,
};
const LOWEST_INCOME_FEN = 3_000_00;

function monthlyIncomeFenOf(row: GermanRow, amountFen: number): number {
  const share = installmentShareThousandths[row.installmentRate] ?? 300;
  const derivedFen = Math.ceil((amountFen * 1000) / row.durationMonths / share / 100_00) * 100_00;
  return Math.max(derivedFen, LOWEST_INCOME_FEN);
}

/** When the present employment began, by the set's class, seen from the beginning of 2026. */
const employedSince: Readonly<Record<string, string>> = {
  A72: '2025-06',
  A73: '2023-07',
  A74: '2020-07',
  A75: '2016-07',
};

const employmentByJob = {
  A171: 'Unskilled',
  A172: 'Unskilled',
  A173: 'Employed',
  A174: 'Management',
} as const;

type Employment = Extract<ApplicationRequest['applicant'], { kind: 'Person' }>['employment'];

function employmentOf(row: GermanRow): Employment {
  const since = employedSince[row.employmentSince];
  if (since === undefined) return { status: 'Unemployed' };
  const status = employmentByJob[row.job as keyof typeof employmentByJob];
  return { status, employer: '示例有限公司', since };
}
