import * as z from 'zod';
import { BusinessDate } from '../../shared/primitives.ts';

export const Level = z.enum(['Healthy', 'Watch', 'Stale']);

export const Finding = z.strictObject({
  figure: z.enum(['ScoreStability', 'FieldStability', 'ScoreDrift', 'KsLoss', 'Overrides']),
  /** The field or month it is about. */
  of: z.string().optional(),
  value: z.number(),
  level: Level,
});

/** What is said of one card on one day. */
export const ModelReport = z.strictObject({
  scorecard: z.string(),
  asOf: BusinessDate,
  /** The months of decisions compared, both included. */
  fromMonth: z.string(),
  toMonth: z.string(),
  /** `TooFew` when there are not enough decisions to say anything. */
  level: z.enum(['TooFew', 'Healthy', 'Watch', 'Stale']),
  decisions: z.int(),
  scoreStability: z.number().optional(),
  scoreMean: z.number().optional(),
  scoreDriftPoints: z.number().optional(),
  fields: z.array(z.strictObject({ field: z.string(), stability: z.number() })),
  verdicts: z.int(),
  overrides: z.int(),
  ksByMonth: z.array(
    z.strictObject({ month: z.string(), good: z.int(), bad: z.int(), ks: z.number().optional() }),
  ),
  /** What is out of its limits. */
  findings: z.array(Finding),
});
export type ModelReport = z.infer<typeof ModelReport>;
export type Finding = z.infer<typeof Finding>;
export type Level = z.infer<typeof Level>;
