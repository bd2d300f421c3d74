import * as z from 'zod';

/** How a scorecard is fitted. What the defaults were weighed against is in docs/scorecard.md. */
export const FitOptions = z.strictObject({
  /** The most bins of a field. */
  binsMax: z.int().min(2).default(6),
  /** The least share of the sample, and the fewest loans, in a bin. */
  binShareMin: z.number().min(0).max(0.5).default(0.01),
  binLoansMin: z.int().min(1).default(30),
  /** What a further bin must add to the likelihood ratio (twice its logarithm) to be worth having. */
  gainMin: z.number().min(0).default(0.5),
  /** A field that tells less is left out. */
  informationValueMin: z.number().min(0).default(0.01),
  /** Ridge on the weights for every thousand loans, so that the same card pulls the same in a larger sample. */
  ridgePerThousand: z.number().min(0).default(1),
});
export type FitOptions = z.infer<typeof FitOptions>;
