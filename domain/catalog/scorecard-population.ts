import * as z from 'zod';

const Share = z.number().min(0).max(1);

/**
 * The population a fitted card is used on, where it holds fewer bad loans than the sample: samples are often drawn with
 * more of them, and then their rates say nothing of what a book will lose. Points and grades do not depend on it.
 */
export const ScorecardPopulation = z.strictObject({
  badShare: z.number().gt(0).lt(1),
  /** Where the figure comes from, and how sure it is. */
  source: z.string().min(1),
  /** What the logarithm of the odds of good to bad gains against the sample. */
  logOddsShift: z.number(),
  /** Each grade as the sample has it, and what that is in the population. */
  grades: z.array(
    z.strictObject({
      grade: z.string().min(1),
      loans: z.int().min(0),
      badLoans: z.int().min(0),
      badShare: Share.optional(),
      populationBadShare: Share.optional(),
    }),
  ),
});
export type ScorecardPopulation = z.infer<typeof ScorecardPopulation>;
