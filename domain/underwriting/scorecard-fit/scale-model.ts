import type { Bin } from '../../catalog/scorecard.ts';
import { locateBin } from '../locate-bin.ts';
import type { FitSample } from './fit-sample.ts';
import type { FittedField, FittedModel } from './fit-model.ts';
import { pointsAt, pointsOf, type PointsScale } from './points-scale.ts';

/** A fitted model in whole points: what a scorecard says, before it has reasons, grades and a name. */
export interface ScaledModel {
  readonly basePoints: number;
  readonly attributes: readonly ScaledField[];
}

export interface ScaledField {
  readonly field: string;
  readonly informationValue: number;
  readonly weight: number;
  readonly bins: readonly Bin[];
}

/** Writes a model in points. Nobody gains or loses by a fact that is missing and was never missing in the sample. */
export function scaleModel(model: FittedModel, scale: PointsScale): ScaledModel {
  return {
    basePoints: pointsAt(model.intercept, scale),
    attributes: model.fields.map((field) => scaleField(field, scale)),
  };
}

function scaleField({ field, bins, informationValue, weight }: FittedField, scale: PointsScale) {
  return {
    field,
    informationValue,
    weight,
    bins: bins.map(({ counts, weightOfEvidence, ...test }): Bin => {
      const points = pointsOf(weight * weightOfEvidence, scale);
      if ('takes' in test && test.takes === 'Unseen') return { takes: test.takes, points };
      const loans = { points, loans: counts.good + counts.bad, badLoans: counts.bad };
      if ('takes' in test) return { takes: test.takes, ...loans };
      return 'words' in test ? { words: [...test.words], ...loans } : { ...test, ...loans };
    }),
  };
}

/** The points of every loan of a sample. */
export function scoreSample(model: ScaledModel, sample: FitSample): number[] {
  const points = sample.isBad.map(() => model.basePoints);
  for (const { field, bins } of model.attributes) {
    const values = sample.fields.find((candidate) => candidate.field === field)?.values ?? [];
    for (const [row, value] of values.entries())
      points[row] = (points[row] ?? 0) + (locateBin(bins, value)?.points ?? 0);
  }
  return points;
}
