import * as z from 'zod';
import { ReasonCode } from '../../applications/application.ts';
import { Grade } from '../../catalog/scorecard.ts';
import { Text } from '../../catalog/texts.ts';
import { FitOptions } from './fit-options.ts';
import { PointsScale } from './points-scale.ts';

const FieldPlan = z.strictObject({
  field: z.string().min(1),
  /** Found from the values when left out. A field of codes that look like numbers is declared `Word`. */
  kind: z.enum(['Number', 'Word']).optional(),
  /** The declared run of bad shares; found when left out. */
  shape: z.enum(['Monotone', 'OneTurn']).optional(),
  reasonCode: ReasonCode.optional(),
});
export type FieldPlan = z.infer<typeof FieldPlan>;

/** What a card is to be: its name, the fields it may read (all of the file when left out), points and grades. */
export const FitPlan = z.strictObject({
  scorecardId: z.string().default('fitted'),
  version: z.int().min(1).default(1),
  name: Text.default({ zh: '拟合评分卡', en: 'Fitted scorecard' }),
  /** What the data are and who made them. */
  source: z.string().optional(),
  fields: z.array(FieldPlan).min(1).optional(),
  options: FitOptions.prefault({}),
  points: PointsScale.prefault({}),
  /** How many loans go bad where the card is used, and who says so: left out when the sample is the population. */
  population: z
    .strictObject({ badShare: z.number().gt(0).lt(1), source: z.string().min(1) })
    .optional(),
  grades: z
    .array(Grade)
    .min(1)
    .default([
      { grade: 'A', fromPoints: 670, outcome: 'Accept' },
      { grade: 'B', fromPoints: 630, outcome: 'Accept' },
      { grade: 'C', fromPoints: 590, outcome: 'Accept' },
      { grade: 'D', fromPoints: 565, outcome: 'Accept' },
      { grade: 'E', fromPoints: 500, outcome: 'Refer' },
      { grade: 'F', fromPoints: 0, outcome: 'Decline' },
    ]),
});
export type FitPlan = z.infer<typeof FitPlan>;

/** The reason code of a field that has none in the plan: `PAY_AMT1` becomes `ScorePayAmt1`. */
export function reasonCodeOf(plan: FieldPlan): string {
  if (plan.reasonCode !== undefined) return plan.reasonCode;
  const words = plan.field
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return `Score${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join('')}`;
}
