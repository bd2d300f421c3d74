import * as z from 'zod';

const Share = z.number().min(0).max(1);

/**
 * Where a fitted card comes from and what it can do: enough to fit it again to the byte, and the sample that later
 * applicants are compared with. All figures but `own` are of loans the tested card had not seen.
 */
export const ScorecardFit = z.strictObject({
  source: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  loans: z.int().min(1),
  badLoans: z.int().min(1),
  seed: z.int().min(0),
  folds: z.int().min(2),
  repeats: z.int().min(1),
  options: z.record(z.string(), z.number()),
  points: z.strictObject({
    basePoints: z.int(),
    oddsGoodToBad: z.number().positive(),
    doublingPoints: z.int().positive(),
  }),
  auc: Share,
  ks: Share,
  gini: z.number().min(-1).max(1),
  brier: Share,
  /** Population stability of the score between the loans fitted on and the loans tested, mean of the folds. */
  psi: z.number().min(0),
  pooled: z.strictObject({ auc: Share, ks: Share }),
  /** On the very loans it was fitted on: always better than it will be. */
  own: z.strictObject({ auc: Share, ks: Share }),
  calibration: z.strictObject({
    hosmerLemeshow: z.number().min(0),
    bands: z.array(
      z.strictObject({
        fromPoints: z.int(),
        loans: z.int().min(1),
        badShare: Share,
        badShareExpected: Share,
      }),
    ),
  }),
  /** How the sample itself scores, from the lowest band up: what the score of later applicants is compared with. */
  scoreBands: z.array(z.strictObject({ fromPoints: z.int(), loans: z.int().min(1) })).min(1),
  scoreMean: z.number(),
});
export type ScorecardFit = z.infer<typeof ScorecardFit>;
