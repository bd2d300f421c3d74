import type { Scorecard } from '../catalog/scorecard.ts';
import { locateBin } from './locate-bin.ts';
import type { Facts } from './policy-facts.ts';

export interface Score {
  readonly points: number;
  readonly grade: string;
  readonly outcome: Scorecard['grades'][number]['outcome'];
  /** The attributes that cost most points against their best class, the largest loss first. */
  readonly reasonCodes: readonly string[];
  /** The attributes of which nothing the card understands is known: while there are any, the points are a guess. */
  readonly missing: readonly string[];
}

const REASONS_MAX = 3;

/**
 * Adds the points of an applicant. A missing fact brings none unless the card was fitted on loans that missed it too: it is
 * neither good nor bad, and no reason. It is named all the same: nobody is approved by points that miss one.
 */
export function scoreApplication(scorecard: Scorecard, facts: Facts): Score {
  const lines = scorecard.attributes.map(({ field, reasonCode, bins }) => {
    const bin = locateBin(bins, facts[field]);
    const best = Math.max(...bins.map(({ points }) => points));
    return {
      field,
      isMissing: facts[field] === undefined || bin === undefined,
      reasonCode,
      points: bin?.points ?? 0,
      loss: bin === undefined ? 0 : best - bin.points,
    };
  });
  const points = lines.reduce((sum, line) => sum + line.points, scorecard.basePoints);
  const grade = gradeOf(scorecard, points);
  const losses = lines.filter(({ loss }) => loss > 0).toSorted((a, b) => b.loss - a.loss);
  return {
    points,
    grade: grade.grade,
    outcome: grade.outcome,
    reasonCodes: losses.slice(0, REASONS_MAX).map(({ reasonCode }) => reasonCode),
    missing: lines.filter(({ isMissing }) => isMissing).map(({ field }) => field),
  };
}

function gradeOf({ grades, scorecardId }: Scorecard, points: number): Scorecard['grades'][number] {
  const grade = grades.find(({ fromPoints }) => points >= fromPoints) ?? grades.at(-1);
  if (grade === undefined) throw new Error(`scorecard ${scorecardId} has no grades`);
  return grade;
}
