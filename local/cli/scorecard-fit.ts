import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ScorecardPopulation } from '../../domain/catalog/scorecard-population.ts';
import { loadCatalogFile } from '../../domain/catalog/load-catalog.ts';
import type { CrossValidation } from '../../domain/underwriting/scorecard-fit/cross-validate.ts';
import { FitPlan } from '../../domain/underwriting/scorecard-fit/fit-plan.ts';
import {
  fitScorecard,
  type FitResult,
} from '../../domain/underwriting/scorecard-fit/fit-scorecard.ts';
import { rounded } from '../../domain/underwriting/scorecard-fit/rounded.ts';
import { germanPlan, germanTable, isGermanFile } from '../samples/german-fit.ts';
import { csvTable, sampleOf, type LoanTable } from './loan-table.ts';
import { scorecardText } from './scorecard-text.ts';

export interface FitFlags {
  readonly folds: string;
  readonly seed: string;
  readonly repeats?: string;
  readonly target?: string;
  readonly label?: string;
  readonly bad: string;
  readonly plan?: string;
  readonly populationBadRate?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export interface FitReport {
  readonly file: string;
  readonly sha256: string;
  readonly loans: number;
  readonly badLoans: number;
  readonly folds: number;
  readonly repeats: number;
  readonly seed: number;
  readonly auc: number;
  readonly ks: number;
  readonly gini: number;
  readonly pooled: { readonly auc: number; readonly ks: number };
  readonly own: { readonly auc: number; readonly ks: number };
  readonly perFold: CrossValidation['folds'];
  readonly calibration: object;
  readonly stability: { readonly psiMean: number; readonly psiMax: number };
  readonly fields: readonly {
    readonly field: string;
    readonly informationValue: number;
    readonly weight: number;
    readonly bins: number;
  }[];
  readonly leftOut: LoanTable['leftOut'];
  /** What the grades of the sample are in the population; absent when nobody said how many go bad there. */
  readonly population?: ScorecardPopulation;
  /** Where the card was written; the card itself when it was not. */
  readonly out?: string;
  readonly scorecard?: object;
}

/** Repeating costs little on a small sample, where one division into folds says little. */
const SMALL_SAMPLE_LOANS = 5000;
const REPEATS_OF_SMALL_SAMPLE = 10;

/** Reads a file of loans, fits a card, and writes it where it was asked for. */
export function fitFile(
  file: string,
  flags: FitFlags,
  onFold: (done: number, total: number) => void,
): FitReport {
  const bytes = readFileSync(file);
  const text = (isGzip(bytes) ? gunzipSync(bytes) : bytes).toString('utf8');
  const isGerman = isGermanFile(text);
  const plan = withPopulation(planOf(flags, isGerman), flags.populationBadRate);
  const table = isGerman
    ? germanTable(text)
    : csvTable(text, { target: flags.target ?? flags.label, badValue: flags.bad });
  const sample = sampleOf(table, plan.fields);
  const isSmall = sample.isBad.length <= SMALL_SAMPLE_LOANS;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const counts = {
    folds: wholeNumber(flags.folds, { name: '--folds', min: 2 }),
    repeats: wholeNumber(flags.repeats ?? String(isSmall ? REPEATS_OF_SMALL_SAMPLE : 1), {
      name: '--repeats',
      min: 1,
    }),
    seed: wholeNumber(flags.seed, { name: '--seed', min: 0 }),
  };
  const source = plan.source ?? basename(file);
  const result = fitScorecard({ sample, plan, source, sha256, ...counts, onFold });
  // What is written must load: the platform's own check, before anything is written.
  loadCatalogFile('scorecard', result.scorecard);
  if (flags.out !== undefined) writeFileSync(flags.out, scorecardText(result.scorecard));
  return reportOf(result, { file, leftOut: table.leftOut, out: flags.out });
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function planOf({ plan }: FitFlags, isGerman: boolean): FitPlan {
  if (plan !== undefined) return FitPlan.parse(JSON.parse(readFileSync(plan, 'utf8')));
  return isGerman ? germanPlan : FitPlan.parse({});
}

/** The rate of the command line before the one of the plan. */
function withPopulation(plan: FitPlan, rate: string | undefined): FitPlan {
  if (rate === undefined) return plan;
  const badShare = Number(rate);
  if (!/^0?\.\d+$/.test(rate) || badShare <= 0)
    throw new Error(`--population-bad-rate must be a share between 0 and 1, and is ${rate}`);
  return { ...plan, population: { badShare, source: 'given with --population-bad-rate' } };
}

function wholeNumber(
  text: string,
  { name, min }: { readonly name: string; readonly min: number },
): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || !Number.isSafeInteger(value))
    throw new Error(`${name} must be a whole number from ${min}, and is ${text}`);
  return value;
}

function reportOf(
  { scorecard, validation }: FitResult,
  {
    file,
    leftOut,
    out,
  }: {
    readonly file: string;
    readonly leftOut: LoanTable['leftOut'];
    readonly out: string | undefined;
  },
): FitReport {
  const { fit, population, attributes } = scorecard;
  if (fit === undefined) throw new Error('a fitted card says how it was fitted');
  const { loans, badLoans, sha256, folds, repeats, seed, auc, ks, gini, pooled, own } = fit;
  return {
    file,
    sha256,
    loans,
    badLoans,
    folds,
    repeats,
    seed,
    auc,
    ks,
    gini,
    pooled,
    own,
    perFold: validation.folds.map((fold) => ({
      ...fold,
      auc: rounded(fold.auc),
      ks: rounded(fold.ks),
      gini: rounded(fold.gini),
      psi: rounded(fold.psi),
    })),
    calibration: { brier: fit.brier, ...fit.calibration },
    stability: {
      psiMean: fit.psi,
      psiMax: rounded(Math.max(...validation.folds.map(({ psi }) => psi))),
    },
    fields: attributes.map(({ field, informationValue, weight, bins }) => ({
      field,
      informationValue: informationValue ?? 0,
      weight: weight ?? 0,
      bins: bins.length,
    })),
    leftOut,
    ...(population === undefined ? {} : { population }),
    ...(out === undefined ? { scorecard } : { out }),
  };
}

/** The report for people. */
export function describeFit(report: FitReport): string[] {
  const share = ((100 * report.badLoans) / report.loans).toFixed(2);
  return [
    `${report.loans} loans, ${report.badLoans} bad (${share} %); every figure is of loans the card had not seen`,
    `AUC ${report.auc.toFixed(4)}   KS ${report.ks.toFixed(4)}   Gini ${report.gini.toFixed(4)}   ` +
      `(mean of ${report.repeats} × ${report.folds} folds, seed ${report.seed})`,
    `all folds together: AUC ${report.pooled.auc.toFixed(4)}, KS ${report.pooled.ks.toFixed(4)}; ` +
      `on its own loans: AUC ${report.own.auc.toFixed(4)}, KS ${report.own.ks.toFixed(4)}`,
    `stability between fitted and tested loans: PSI ${report.stability.psiMean.toFixed(3)}, at most ${report.stability.psiMax.toFixed(3)}`,
    '',
    'fold    loans  bad    AUC     KS     PSI',
    ...report.perFold
      .filter(({ seed }) => seed === report.seed)
      .map(
        ({ fold, loans, badLoans, auc, ks, psi }) =>
          `${String(fold).padStart(4)} ${String(loans).padStart(8)} ${String(badLoans).padStart(4)} ` +
          `${auc.toFixed(4)} ${ks.toFixed(4)}  ${psi.toFixed(3)}`,
      ),
    '',
    'field                      information  weight  bins',
    ...report.fields.map(
      ({ field, informationValue, weight, bins }) =>
        `${field.padEnd(26)} ${informationValue.toFixed(4).padStart(11)} ${weight.toFixed(3).padStart(7)} ${String(bins).padStart(5)}`,
    ),
    '',
    ...describePopulation(report),
    ...report.leftOut.map(({ field, because }) => `left out: ${field}, which says ${because}`),
    report.out === undefined
      ? 'write the card with --out FILE'
      : `the card is in ${report.out}: put it in catalog/scorecards/ to use it`,
  ];
}

function describePopulation({ population, loans, badLoans }: FitReport): string[] {
  const inSample = percent(badLoans / loans);
  if (population === undefined)
    return [
      `grades lose what they lost in the sample (${inSample} bad): where fewer loans go bad, say so with --population-bad-rate`,
    ];
  const { badShare, logOddsShift, grades, source } = population;
  return [
    `grade     loans     bad  in sample  in population (${percent(badShare)} bad instead of ${inSample}; log-odds +${logOddsShift.toFixed(4)})`,
    ...grades.map(
      (each) =>
        `${each.grade.padEnd(6)} ${String(each.loans).padStart(8)} ${String(each.badLoans).padStart(7)} ` +
        `${percent(each.badShare).padStart(10)} ${percent(each.populationBadShare).padStart(14)}`,
    ),
    `population: ${source}`,
  ];
}

function percent(share: number | undefined): string {
  return share === undefined ? '-' : `${(100 * share).toFixed(2)} %`;
}
