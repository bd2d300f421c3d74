import type { ScorecardFit } from '../../catalog/scorecard-fit.ts';
import { Scorecard } from '../../catalog/scorecard.ts';
import { InvalidInput } from '../../shared/errors.ts';
import { countBands, cutBands } from '../model-watch/score-bands.ts';
import { crossValidate, type CrossValidation } from './cross-validate.ts';
import type { ScorecardPopulation } from '../../catalog/scorecard-population.ts';
import { logOddsShift, populationShareOf } from '../prior-correction.ts';
import { discriminationOf } from './discrimination.ts';
import { fitModel } from './fit-model.ts';
import { reasonCodeOf, type FitPlan } from './fit-plan.ts';
import type { FitSample } from './fit-sample.ts';
import { rounded } from './rounded.ts';
import { scaleModel, scoreSample, type ScaledModel } from './scale-model.ts';

export interface FitCase {
  readonly sample: FitSample;
  readonly plan: FitPlan;
  /** What the data are, and the digest of the file they were read from. */
  readonly source: string;
  readonly sha256: string;
  readonly folds: number;
  readonly repeats: number;
  readonly seed: number;
  readonly onFold?: (done: number, total: number) => void;
}

export interface FitResult {
  readonly scorecard: Scorecard;
  readonly validation: CrossValidation;
}

const BANDS = 10;
const LOANS_MIN = 100;

/**
 * Fits a card on all loans and says what it can do on loans it has not seen: every figure but `own` is out of fold. The
 * same sample, plan and seed give the same card on every machine.
 * @throws InvalidInput when there are too few loans to fit on, or no field tells good from bad
 */
export function fitScorecard(fitCase: FitCase): FitResult {
  const { sample, plan, folds, repeats, seed, onFold } = fitCase;
  refuseThin(sample, folds);
  const shapes = Object.fromEntries(
    (plan.fields ?? []).flatMap(({ field, shape }) =>
      shape === undefined ? [] : [[field, shape]],
    ),
  );
  const settings = { options: plan.options, shapes, scale: plan.points };
  const validation = crossValidate(sample, {
    ...settings,
    folds,
    repeats,
    seed,
    ...(onFold === undefined ? {} : { onFold }),
  });
  const model = scaleModel(fitModel(sample, settings), plan.points);
  if (model.attributes.length === 0)
    throw new InvalidInput('no field of the sample tells good from bad');
  return { scorecard: Scorecard.parse(cardOf(fitCase, model, validation)), validation };
}

function refuseThin({ isBad }: FitSample, folds: number): void {
  const badLoans = isBad.filter((bad) => bad).length;
  if (isBad.length < LOANS_MIN)
    throw new InvalidInput(
      `${isBad.length} loans are too few to fit on: ${LOANS_MIN} are the least`,
    );
  if (Math.min(badLoans, isBad.length - badLoans) < folds)
    throw new InvalidInput(
      `${badLoans} bad loans of ${isBad.length}: every one of ${folds} folds needs good and bad ones`,
    );
}

function cardOf(fitCase: FitCase, model: ScaledModel, validation: CrossValidation): Scorecard {
  const { plan } = fitCase;
  const fit = fitOf(fitCase, model, validation);
  const reasons = new Map((plan.fields ?? []).map((field) => [field.field, reasonCodeOf(field)]));
  return {
    scorecardId: plan.scorecardId,
    version: plan.version,
    name: plan.name,
    method: 'WeightOfEvidence',
    evidence: evidenceOf(fit),
    fit,
    ...(plan.population === undefined
      ? {}
      : { population: populationOf(fitCase, model, plan.population) }),
    basePoints: model.basePoints,
    attributes: model.attributes.map(({ field, informationValue, weight, bins }) => ({
      field,
      reasonCode: reasons.get(field) ?? reasonCodeOf({ field }),
      informationValue: rounded(informationValue),
      weight: rounded(weight),
      bins: [...bins],
    })),
    grades: [...plan.grades],
  };
}

function evidenceOf({
  source,
  loans,
  badLoans,
  points,
  folds,
  repeats,
  auc,
  ks,
}: ScorecardFit): string {
  return (
    `${source}: ${loans} loans, ${badLoans} of them bad. Logistic regression on weights of evidence; ` +
    `${points.basePoints} points are ${points.oddsGoodToBad} good to one bad, ${points.doublingPoints} points double the odds. ` +
    `Out of fold (${repeats} × ${folds} folds): AUC ${auc.toFixed(3)}, KS ${ks.toFixed(3)}.`
  );
}

function fitOf(
  { sample, plan, source, sha256, folds, repeats, seed }: FitCase,
  model: ScaledModel,
  validation: CrossValidation,
): ScorecardFit {
  const points = scoreSample(model, sample);
  const own = discriminationOf(points, sample.isBad);
  const bands = cutBands(points, BANDS);
  const counts = countBands(bands, points);
  const { auc, ks, gini, psi, pooled, calibration } = validation;
  return {
    source,
    sha256,
    loans: sample.isBad.length,
    badLoans: sample.isBad.filter((bad) => bad).length,
    seed,
    folds,
    repeats,
    options: { ...plan.options },
    points: plan.points,
    auc: rounded(auc),
    ks: rounded(ks),
    gini: rounded(gini),
    brier: rounded(calibration.brier),
    psi: rounded(psi),
    pooled: { auc: rounded(pooled.auc), ks: rounded(pooled.ks) },
    own: { auc: rounded(own.auc), ks: rounded(own.ks) },
    calibration: {
      hosmerLemeshow: rounded(calibration.hosmerLemeshow),
      bands: calibration.bands.map(({ fromPoints, loans, badLoans, badExpected }) => ({
        fromPoints,
        loans,
        badShare: rounded(badLoans / loans),
        badShareExpected: rounded(badExpected / loans),
      })),
    },
    scoreBands: bands.map((fromPoints, band) => ({ fromPoints, loans: counts[band] ?? 0 })),
    scoreMean: rounded(points.reduce((sum, each) => sum + each, 0) / points.length),
  };
}

function populationOf(
  { sample, plan }: FitCase,
  model: ScaledModel,
  { badShare: populationBadShare, source }: NonNullable<FitPlan['population']>,
): ScorecardPopulation {
  const badLoans = sample.isBad.filter((bad) => bad).length;
  const prior = { sampleBadShare: badLoans / sample.isBad.length, populationBadShare };
  const points = scoreSample(model, sample);
  const gradeAt = points.map((each) =>
    plan.grades.findIndex(({ fromPoints }) => each >= fromPoints),
  );
  return {
    badShare: populationBadShare,
    source,
    logOddsShift: rounded(logOddsShift(prior)),
    grades: plan.grades.map(({ grade }, at) => {
      const outcomes = sample.isBad.filter((_, loan) => gradeAt[loan] === at);
      const bad = outcomes.filter((isBad) => isBad).length;
      const counts = { grade, loans: outcomes.length, badLoans: bad };
      if (outcomes.length === 0) return counts;
      const badShare = bad / outcomes.length;
      const shown = rounded(populationShareOf(badShare, prior));
      return { ...counts, badShare: rounded(badShare), populationBadShare: shown };
    }),
  };
}
