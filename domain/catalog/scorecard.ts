import * as z from 'zod';
import { ReasonCode } from '../applications/application.ts';
import { protectionOf } from './protected-fields.ts';
import { ScorecardFit } from './scorecard-fit.ts';
import { ScorecardPopulation } from './scorecard-population.ts';
import { Text } from './texts.ts';

/** How many loans of the fitting sample fell here, and how many of them went bad. */
const counts = { loans: z.int().min(0).optional(), badLoans: z.int().min(0).optional() };

/**
 * A class of values with its points: words, a range whose lower end is inside and whose upper end is not, or what takes a
 * missing value or a word that no other bin has.
 */
const Bin = z.union([
  z.strictObject({ words: z.array(z.string()).min(1), points: z.int(), ...counts }),
  z.strictObject({ takes: z.enum(['Missing', 'Unseen']), points: z.int(), ...counts }),
  z.strictObject({
    from: z.number().optional(),
    below: z.number().optional(),
    points: z.int(),
    ...counts,
  }),
]);
export type Bin = z.infer<typeof Bin>;

const Attribute = z.strictObject({
  field: z
    .string()
    .min(1)
    .refine((field) => protectionOf(field) === undefined, {
      error: ({ input }) =>
        `${String(input)} says ${protectionOf(String(input)) ?? ''}: no score may read it (PIPL 24)`,
    }),
  /** What an applicant is told when this attribute cost most points. */
  reasonCode: ReasonCode,
  /** What the field alone tells, and what the regression made of it. */
  informationValue: z.number().optional(),
  weight: z.number().optional(),
  bins: z.array(Bin).min(1),
});

export const Grade = z.strictObject({
  grade: z.string().min(1),
  fromPoints: z.int().min(0),
  outcome: z.enum(['Accept', 'Refer', 'Decline']),
});
export type Grade = z.infer<typeof Grade>;

/** Points for facts, as data. A missing fact without a bin of its own brings no points: neither good nor bad. */
export const Scorecard = z
  .object({
    scorecardId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
    version: z.int().min(1),
    name: Text,
    method: z.enum(['WeightOfEvidence', 'Expert']),
    /** How the points were found, on which data, and how well they tell good from bad. */
    evidence: z.string().min(1),
    /** The same for a program, when a program found them. */
    fit: ScorecardFit.optional(),
    /** What the sample's rates are worth in the population; beside `fit`, which is of the sample alone. */
    population: ScorecardPopulation.optional(),
    basePoints: z.int(),
    attributes: z.array(Attribute).min(1),
    /** From the best down; the last takes everything below. */
    grades: z.array(Grade).min(1),
  })
  .superRefine((card, context) => {
    const points = card.grades.map(({ fromPoints }) => fromPoints);
    const fallingPoints = [...new Set(points)].toSorted((one, other) => other - one);
    if (String(points) !== String(fallingPoints) || points.at(-1) !== 0)
      context.addIssue({
        code: 'custom',
        path: ['grades'],
        message: 'grades go from the best down to 0 points',
      });
  });
export type Scorecard = z.infer<typeof Scorecard>;
