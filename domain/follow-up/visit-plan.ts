import * as z from 'zod';

/** How often a borrower is visited (定期回访): by telephone or in person, with a questionnaire. */
export const VisitPlan = z.strictObject({
  /** Days after payout. */
  firstAfterDays: z.int().min(1).max(365),
  /** Days between visits. */
  everyDays: z.int().min(1).max(730),
  /** Days until the next one after an answer that worries. */
  afterWorryDays: z.int().min(1).max(365),
});
export type VisitPlan = z.infer<typeof VisitPlan>;

/** The plans of a product: the riskier the grade, the closer the visits. */
export const VisitPlans = z.strictObject({
  byGrade: z.record(z.string().min(1), VisitPlan),
  /** For a loan without a grade, as of a firm that people decided on. */
  otherwise: VisitPlan,
});
export type VisitPlans = z.infer<typeof VisitPlans>;

/** The plan of one loan. */
export function visitPlanOf(
  { byGrade, otherwise }: VisitPlans,
  grade: string | undefined,
): VisitPlan {
  if (grade === undefined || !Object.hasOwn(byGrade, grade)) return otherwise;
  return byGrade[grade] ?? otherwise;
}
