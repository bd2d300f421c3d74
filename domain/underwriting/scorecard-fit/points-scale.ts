import * as z from 'zod';

/** What points mean: at `basePoints` there are `oddsGoodToBad` good loans to one bad, and the odds double every so many. */
export const PointsScale = z.strictObject({
  basePoints: z.int().default(600),
  oddsGoodToBad: z.number().positive().default(4),
  doublingPoints: z.int().positive().default(40),
});
export type PointsScale = z.infer<typeof PointsScale>;

/** Whole points of a logarithm of odds, counted from nothing. */
export function pointsOf(logOdds: number, { doublingPoints }: PointsScale): number {
  // Adding 0 turns the -0 of a small negative into 0.
  return Math.round((logOdds * doublingPoints) / Math.LN2) + 0;
}

/** Whole points where the logarithm of the odds is this. */
export function pointsAt(logOdds: number, scale: PointsScale): number {
  return scale.basePoints + pointsOf(logOdds - Math.log(scale.oddsGoodToBad), scale);
}

/** The chance to go bad that a score stands for. */
export function badChanceAt(points: number, scale: PointsScale): number {
  const { basePoints, oddsGoodToBad, doublingPoints } = scale;
  return 1 / (1 + oddsGoodToBad * 2 ** ((points - basePoints) / doublingPoints));
}
