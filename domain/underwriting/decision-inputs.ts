import * as z from 'zod';
import { LenderType } from '../catalog/lender-type.ts';
import { ApplicationId, BusinessDate, Instant, RepaymentMethod } from '../shared/primitives.ts';

/** One pledge as a decision sees it. */
const PledgeFacts = z.object({ kind: z.string(), valueFen: z.int().min(0) });

/** One guarantor as a decision sees them: what the bureau said under their own consent, or nothing. */
const GuarantorFacts = z.object({
  credit: z
    .object({
      score: z.int().optional(),
      overdueCount24Months: z.int(),
      currentOverdueFen: z.int(),
    })
    .optional(),
});
export type GuarantorFacts = z.infer<typeof GuarantorFacts>;

/**
 * Everything a decision was made from, without saying who: kept with it, so that it can be made again exactly, today or
 * under another policy. What was not known is absent.
 */
export const DecisionInputs = z.object({
  applicationId: ApplicationId,
  decidedAt: Instant,
  /** The business date of the decision, for the law in force and for the schedule. */
  date: BusinessDate,
  /** The business date the application came: the policy in force on it decides. */
  submittedOn: BusinessDate,
  /** The versions that were pinned or in force, as catalog keys. */
  product: z.string(),
  scorecard: z.string(),
  policyPack: z.string(),
  lenderType: LenderType,
  requested: z.object({
    amountFen: z.int(),
    termMonths: z.int(),
    repaymentMethod: RepaymentMethod,
    purpose: z.string(),
  }),
  isHumanReviewRequested: z.boolean(),
  hasCreditReport: z.boolean(),
  facts: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
  pledges: z.array(PledgeFacts),
  /** Absent in decisions of before guarantors were asked about: nobody has checked those. */
  guarantors: z.array(GuarantorFacts).optional(),
});
export type DecisionInputs = z.infer<typeof DecisionInputs>;
