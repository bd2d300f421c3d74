import type { Scorecard } from '../catalog/scorecard.ts';
import { locateBin } from './locate-bin.ts';
import { scoreApplication } from './score-application.ts';
import type { Facts } from './policy-facts.ts';

/** The points an applicant would have if every fact that is missing were the best it can be. */
export function bestScoreOf(scorecard: Scorecard, facts: Facts): number {
  const { points, missing } = scoreApplication(scorecard, facts);
  return scorecard.attributes
    .filter(({ field }) => missing.includes(field))
    .reduce(
      (best, { field, bins }) =>
        best +
        Math.max(0, ...bins.map((bin) => bin.points)) -
        (locateBin(bins, facts[field])?.points ?? 0),
      points,
    );
}
