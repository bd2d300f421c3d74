import * as z from 'zod';
import type { Applicant } from '../applications/application.ts';
import type { PersonalData } from '../applications/personal-data.ts';
import { checkMobile } from '../identity/mobile.ts';
import { InvalidInput } from '../shared/errors.ts';

/** Facts by which a person is reached: put right, they serve from then on (PIPL art. 46). */
export const Corrections = z.strictObject({
  mobile: z.string().max(30).optional(),
  address: z.string().trim().min(1).max(200).optional(),
  employer: z.string().trim().min(1).max(100).optional(),
});
export type Corrections = z.infer<typeof Corrections>;

/**
 * Facts that something was decided, verified or agreed on. They stand as they were given, with what the person says of
 * them: a decision must be explained by what it was made from, and a contract names who signed it. Another account is not
 * put right but agreed, with the bank's word for whose it is.
 */
export const evidenceFields = [
  'name',
  'idNumber',
  'uscc',
  'monthlyIncomeFen',
  'annualRevenueFen',
  'employment',
  'profile',
  'bankAccount',
  'contacts',
  'guarantors',
  'pledges',
  'documents',
  'creditReport',
] as const;

export const RemarkRequest = z.strictObject({
  field: z.enum(evidenceFields),
  text: z.string().trim().min(1).max(500),
});

export const CorrectionRequest = z.strictObject({
  corrections: Corrections.default({}),
  remarks: z.array(RemarkRequest).max(10).default([]),
});
export type CorrectionRequest = z.infer<typeof CorrectionRequest>;

const REMARKS_MAX = 20;

/**
 * The data as they are once they are put right, and the names of what has changed. Throws InvalidInput when a number does
 * not check, a firm is to have an employer, or nothing would change.
 */
export function correctPersonalData(
  data: PersonalData,
  { corrections, remarks }: CorrectionRequest,
  date: string,
): { readonly data: PersonalData; readonly fields: readonly string[] } {
  const { address } = corrections;
  const noted = remarks.map((remark) => ({ ...remark, notedOn: date }));
  const all = [...(data.remarks ?? []), ...noted];
  if (all.length > REMARKS_MAX) throw new InvalidInput('there are too many remarks already');
  const next: PersonalData = {
    ...data,
    applicant: correctApplicant(data.applicant, corrections),
    ...(address === undefined ? {} : { address }),
    ...(all.length === 0 ? {} : { remarks: all }),
  };
  const fields = [
    ...Object.entries(corrections).flatMap(([name, value]) => (value === undefined ? [] : [name])),
    ...remarks.map(({ field }) => `remark:${field}`),
  ];
  if (JSON.stringify(next) === JSON.stringify(data))
    throw new InvalidInput('nothing would change: it is held so already');
  return { data: next, fields };
}

function correctApplicant(applicant: Applicant, { mobile, employer }: Corrections): Applicant {
  const checked = mobile === undefined ? undefined : soundMobile(mobile);
  if (applicant.kind === 'Company') {
    if (employer !== undefined) throw new InvalidInput('a firm has no employer');
    const { legalRepresentative } = applicant;
    return checked === undefined
      ? applicant
      : { ...applicant, legalRepresentative: { ...legalRepresentative, mobile: checked } };
  }
  return {
    ...applicant,
    ...(checked === undefined ? {} : { mobile: checked }),
    ...(employer === undefined ? {} : { employment: { ...applicant.employment, employer } }),
  };
}

function soundMobile(mobile: string): string {
  const checked = checkMobile(mobile);
  if (!checked.isValid) throw new InvalidInput('the mobile number does not check');
  return checked.value;
}
