import * as z from 'zod';

/** From where a figure is worth a look, and from where the model is stale; and who says so. */
const Limit = z
  .strictObject({
    watchFrom: z.number().min(0),
    staleFrom: z.number().min(0),
    source: z.string().min(1),
  })
  .refine(({ watchFrom, staleFrom }) => watchFrom <= staleFrom, {
    error: 'a model is watched before it is stale',
    path: ['watchFrom'],
  });

/** When a scorecard no longer fits the people it judges. */
export const WatchLimits = z.object({
  watchLimitsId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  version: z.int().min(1),
  /** How many months of decisions are compared with the fitting sample, the present one included. */
  windowMonths: z.int().min(1).max(12),
  /** Fewer decisions, loans or verdicts than this say nothing. */
  casesMin: z.int().min(1),
  /** A loan counts as bad from so many days past due. */
  badFromDaysPastDue: z.int().min(1),
  /** Population stability of the score, and of each field. */
  stability: Limit,
  /** How far the mean score has moved, in points either way. */
  scoreDriftPoints: Limit,
  /** How much of its KS the card has lost on matured loans, as a share of the fitted one. */
  ksLoss: Limit,
  /** The share of people's verdicts that go against the card. */
  overrides: Limit,
});
export type WatchLimits = z.infer<typeof WatchLimits>;
