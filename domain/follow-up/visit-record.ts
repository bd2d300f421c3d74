import * as z from 'zod';
import { BusinessDate, Instant, LoanId } from '../shared/primitives.ts';

/** Record `visit#<number>` of a loan's collection: what a visit found, written once. */
export const VisitRecord = z.object({
  loanId: LoanId,
  record: z.string().regex(/^visit#\d{4}$/),
  visitNumber: z.int().min(1),
  visitedOn: BusinessDate,
  questionnaire: z.string(),
  answers: z.record(z.string(), z.string()),
  /** The answers that worry, as `question.answer`. */
  worries: z.array(z.string()),
  operatorId: z.string(),
  at: Instant,
});
export type VisitRecord = z.infer<typeof VisitRecord>;
