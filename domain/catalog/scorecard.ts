import * as z from 'zod';
import { ReasonCode } from '../applications/application.ts';
import { Text } from './texts.ts';

/** A class of values with its points: words, or a range whose lower end is inside and whose upper end is not. */
const Bin = z.union([
  z.strictObject({ words: z.array(z.string()).min(1), points: z.int() }),
  z.strictObject({ from: z.int().optional(), below: z.int().optional(), points: z.int() }),
]);
export type Bin = z.infer<typeof Bin>;

const Attribute = z.strictObject({
  field: z.string().min(1),
  /** What an applicant is told when this attribute cost most points. */
  reasonCode: ReasonCode,
  bins: z.array(Bin).min(1),
});

const Grade = z.strictObject({
  grade: z.string().min(1),
  fromPoints: z.int().min(0),
  outcome: z.enum(['Accept', 'Refer', 'Decline']),
});

/** Points for facts, as data. A missing fact has no bin and brings no points: neither good nor bad. */
export const Scorecard = z
  .object({
    scorecardId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
    version: z.int().min(1),
    name: Text,
    method: z.enum(['WeightOfEvidence', 'Expert']),
    /** How the points were found, on which data, and how well they tell good from bad. */
    evidence: z.string().min(1),
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
