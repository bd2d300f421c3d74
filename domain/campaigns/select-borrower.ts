import * as z from 'zod';
import type { Application } from '../applications/application.ts';
import { isConsentCurrent } from '../applications/screen-application.ts';
import type { Product } from '../catalog/product.ts';
import { isRestricted } from '../privacy/restricted.ts';
import { estimateValueFen } from '../portrait/estimate-value.ts';
import type { ReplayCase } from '../underwriting/decision-record.ts';

/** Whom a campaign is for: by what the business knows of them, never by who they are. */
export const CampaignCriteria = z.strictObject({
  creditPolicyId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  segments: z.array(z.string().min(1).max(40)).min(1).max(20).optional(),
  grades: z.array(z.string().min(1).max(10)).min(1).max(20).optional(),
  /** What a loan as offered would bring at least. */
  valueMinFen: z.int().optional(),
});
export type CampaignCriteria = z.infer<typeof CampaignCriteria>;

/** One borrower a campaign may write to: an opaque key, and why they were chosen. */
export const SelectedBorrower = z.object({
  borrowerKey: z.string(),
  segment: z.string().optional(),
  grade: z.string(),
  valueFen: z.int().optional(),
});
export type SelectedBorrower = z.infer<typeof SelectedBorrower>;

/** What is known of somebody who might be chosen. */
export interface CampaignCandidate {
  readonly decision: Pick<ReplayCase, 'decided' | 'inputs'>;
  readonly application: Pick<
    Application,
    'borrowerKey' | 'consents' | 'submittedAt' | 'restriction'
  >;
  readonly product: Pick<Product, 'consentMaxAgeDays'>;
  /** When each application of the borrower came. */
  readonly submittedAt: readonly string[];
  readonly isBlocked: boolean;
  /** When the borrower last took back a consent to marketing, through whichever application. */
  readonly marketingWithdrawnAt: string | undefined;
}

/**
 * Whether a campaign may write to a borrower, judged by the newest application alone: a consent to marketing that was not
 * given again is not there, nor is one that was taken back since (PIPL art. 15). Nobody without it is chosen (PIPL
 * art. 13, 24), nobody who is blocked or had their data restricted (art. 47), and nobody of whom a criterion is not known.
 */
export function selectBorrower(
  candidate: CampaignCandidate,
  criteria: CampaignCriteria,
  date: string,
): SelectedBorrower | undefined {
  const { decision, application, submittedAt, isBlocked } = candidate;
  const { borrowerKey } = application;
  const { segment, grade } = decision.decided;
  const valueFen = estimateValueFen(decision);
  const own = Date.parse(application.submittedAt);
  const isNewest = submittedAt.every((at) => Date.parse(at) <= own);
  const isWanted =
    (criteria.segments?.some((wanted) => wanted === segment) ?? true) &&
    (criteria.grades?.includes(grade) ?? true) &&
    (criteria.valueMinFen === undefined ||
      (valueFen !== undefined && valueFen >= criteria.valueMinFen));
  if (isBlocked || isRestricted(application) || !isNewest || !isWanted) return undefined;
  if (!isConsented(candidate, date)) return undefined;
  return {
    borrowerKey,
    grade,
    ...(segment === undefined ? {} : { segment }),
    ...(valueFen === undefined ? {} : { valueFen }),
  };
}

/** A consent counts when it is current, and both it and the application that brings it came after any withdrawal. */
function isConsented(
  { application, product, marketingWithdrawnAt }: CampaignCandidate,
  date: string,
): boolean {
  const isSince = (at: string): boolean =>
    marketingWithdrawnAt === undefined || Date.parse(at) > Date.parse(marketingWithdrawnAt);
  if (!isSince(application.submittedAt)) return false;
  return application.consents.some(
    (consent) =>
      consent.purpose === 'Marketing' &&
      isConsentCurrent(consent, product.consentMaxAgeDays, date) &&
      isSince(consent.givenAt),
  );
}
