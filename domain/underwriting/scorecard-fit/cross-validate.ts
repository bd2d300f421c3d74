import { populationStability } from '../model-watch/population-stability.ts';
import { countBands, cutBands } from '../model-watch/score-bands.ts';
import { calibrationOf, type Calibration } from './calibration.ts';
import { discriminationOf, type Discrimination } from './discrimination.ts';
import { fitModel, type FitSettings } from './fit-model.ts';
import { takeRows, type FitSample } from './fit-sample.ts';
import type { PointsScale } from './points-scale.ts';
import { scaleModel, scoreSample } from './scale-model.ts';
import { splitFolds } from './split-folds.ts';

export interface FoldFigures extends Discrimination {
  readonly seed: number;
  readonly fold: number;
  readonly loans: number;
  readonly badLoans: number;
  /** Stability of the score between the loans fitted on and the loans tested. */
  readonly psi: number;
}

/** What a card fitted like this can do on loans it has not seen. */
export interface CrossValidation {
  /** Means over all folds of all repeats. */
  readonly auc: number;
  readonly ks: number;
  readonly gini: number;
  readonly psi: number;
  /** All loans of the first repeat judged together, each by the card that had not seen it. */
  readonly pooled: Discrimination;
  readonly calibration: Calibration;
  readonly folds: readonly FoldFigures[];
}

export interface CrossValidationPlan extends FitSettings {
  readonly scale: PointsScale;
  readonly folds: number;
  /** How often the whole is done again with another division of the loans: seed, seed + 1 … */
  readonly repeats: number;
  readonly seed: number;
  readonly onFold?: (done: number, total: number) => void;
}

const STABILITY_BANDS = 10;

/**
 * Tests every loan on a card that was fitted without it: bins, weights and points are made anew from the other folds, and
 * judged in whole points, as the platform would. The same seed gives the same folds.
 */
export function crossValidate(sample: FitSample, plan: CrossValidationPlan): CrossValidation {
  const runs = Array.from({ length: plan.repeats }, (_, repeat) =>
    testEveryLoan(sample, plan, repeat),
  );
  const folds = runs.flatMap((run) => run.folds);
  const mean = (figure: 'auc' | 'ks' | 'gini' | 'psi'): number =>
    folds.reduce((sum, fold) => sum + fold[figure], 0) / folds.length;
  const points = runs[0]?.points ?? [];
  return {
    auc: mean('auc'),
    ks: mean('ks'),
    gini: mean('gini'),
    psi: mean('psi'),
    pooled: discriminationOf(points, sample.isBad),
    calibration: calibrationOf(points, sample.isBad, plan.scale),
    folds,
  };
}

function testEveryLoan(
  sample: FitSample,
  plan: CrossValidationPlan,
  repeat: number,
): { readonly points: number[]; readonly folds: FoldFigures[] } {
  const seed = plan.seed + repeat;
  const foldOf = splitFolds(sample.isBad, plan.folds, seed);
  const points = sample.isBad.map(() => 0);
  const folds = Array.from({ length: plan.folds }, (_, fold): FoldFigures => {
    const rows = [...foldOf.keys()];
    const testRows = rows.filter((row) => foldOf[row] === fold);
    const training = takeRows(
      sample,
      rows.filter((row) => foldOf[row] !== fold),
    );
    const test = takeRows(sample, testRows);
    const card = scaleModel(fitModel(training, plan), plan.scale);
    const [fitted, tested] = [scoreSample(card, training), scoreSample(card, test)];
    for (const [at, row] of testRows.entries()) points[row] = tested[at] ?? 0;
    const bands = cutBands(fitted, STABILITY_BANDS);
    plan.onFold?.(repeat * plan.folds + fold + 1, plan.repeats * plan.folds);
    return {
      seed,
      fold: fold + 1,
      loans: test.isBad.length,
      badLoans: test.isBad.filter((bad) => bad).length,
      ...discriminationOf(tested, test.isBad),
      psi: populationStability(countBands(bands, fitted), countBands(bands, tested)),
    };
  });
  return { points, folds };
}
