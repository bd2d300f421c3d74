import { bandOf, cutBands } from '../model-watch/score-bands.ts';
import { badChanceAt, type PointsScale } from './points-scale.ts';

export interface CalibrationBand {
  readonly fromPoints: number;
  readonly loans: number;
  readonly badLoans: number;
  /** How many bad loans the scores of the band stand for. */
  readonly badExpected: number;
}

export interface Calibration {
  /** From the lowest scores up. */
  readonly bands: readonly CalibrationBand[];
  /** Hosmer-Lemeshow: the sum over bands of (observed - expected)² / variance; about the number of bands when all is well. */
  readonly hosmerLemeshow: number;
  /** The mean square of outcome - chance: 0 knows all; p(1 - p) knows only the share p of bad loans. */
  readonly brier: number;
}

const BANDS = 10;

/** Compares the chances that points stand for with what became of the loans. */
export function calibrationOf(
  points: readonly number[],
  isBad: readonly boolean[],
  scale: PointsScale,
): Calibration {
  const cuts = cutBands(points, BANDS);
  const bands = cuts.map((fromPoints) => ({ fromPoints, loans: 0, badLoans: 0, badExpected: 0 }));
  let squares = 0;
  for (const [row, each] of points.entries()) {
    const chance = badChanceAt(each, scale);
    const outcome = isBad[row] === true ? 1 : 0;
    squares += (outcome - chance) ** 2;
    const band = bands[bandOf(cuts, each)];
    if (band === undefined) continue;
    band.loans += 1;
    band.badLoans += outcome;
    band.badExpected += chance;
  }
  return {
    bands,
    hosmerLemeshow: bands.reduce((sum, { loans, badLoans, badExpected }) => {
      const variance = badExpected * (1 - badExpected / loans);
      return sum + (badLoans - badExpected) ** 2 / variance;
    }, 0),
    brier: squares / points.length,
  };
}
