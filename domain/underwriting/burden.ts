import { divideRounded } from '../shared/money.ts';

const MOST_BASIS_POINTS = 1_000_000;

/** A share in basis points, rounded up; of nothing, any amount is too much. */
export function burdenOf(amountFen: number, ofFen: number): number {
  if (ofFen === 0) return MOST_BASIS_POINTS;
  return Math.min(divideRounded(amountFen * 10_000, ofFen, 'Up'), MOST_BASIS_POINTS);
}
