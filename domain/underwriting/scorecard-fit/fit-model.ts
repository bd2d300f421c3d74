import { refuseProtected } from '../../catalog/protected-fields.ts';
import { locateBin } from '../locate-bin.ts';
import { binNumbers } from './bin-numbers.ts';
import type { Shape } from './divide-cells.ts';
import type { FieldBin } from './field-bins.ts';
import type { FitOptions } from './fit-options.ts';
import type { FieldValues, FitSample } from './fit-sample.ts';
import { groupWords } from './group-words.ts';
import { fitLogistic } from './logistic-regression.ts';
import { informationValue, totalOf, weightOfEvidence } from './weight-of-evidence.ts';

export type WeighedBin = FieldBin & { readonly weightOfEvidence: number };

export interface FittedField {
  readonly field: string;
  readonly bins: readonly WeighedBin[];
  readonly informationValue: number;
  /** What the regression makes of the field's evidence: 1 when no other field says the same. */
  readonly weight: number;
}

export interface FittedModel {
  readonly intercept: number;
  readonly fields: readonly FittedField[];
}

export interface FitSettings {
  readonly options: FitOptions;
  /** The declared shape of numeric fields; of the others it is found. */
  readonly shapes: Readonly<Record<string, Shape>>;
}

const ITERATIONS_MAX = 50;
const TOLERANCE = 1e-9;

/**
 * Fits bins and weights on the loans of a sample, and on nothing else.
 * @throws InvalidInput when a field says what no score may read
 */
export function fitModel(sample: FitSample, settings: FitSettings): FittedModel {
  for (const { field } of sample.fields) refuseProtected(field);
  const { options } = settings;
  const isGood = sample.isBad.map((bad) => !bad);
  let chosen = sample.fields
    .map((field) => ({ field, fitted: binField(field, sample.isBad, settings) }))
    .filter(({ fitted }) => fitted.informationValue >= options.informationValueMin)
    .map(({ field, fitted }) => ({ fitted, column: evidenceOf(field, fitted) }));
  for (;;) {
    const columns = chosen.map(({ column }) => column);
    const { intercept, weights } = fitLogistic(columns, isGood, {
      ridge: (options.ridgePerThousand * isGood.length) / 1000,
      iterationsMax: ITERATIONS_MAX,
      tolerance: TOLERANCE,
    });
    const lowest = Math.min(...weights);
    // A field that turns against its own evidence only corrects another: no applicant could be told why.
    if (weights.length === 0 || lowest > 0)
      return {
        intercept,
        fields: chosen.map(({ fitted }, at) => ({ ...fitted, weight: weights[at] ?? 0 })),
      };
    const worst = weights.indexOf(lowest);
    chosen = chosen.filter((_, at) => at !== worst);
  }
}

type BinnedField = Omit<FittedField, 'weight'>;

function binField(
  field: FieldValues,
  isBad: readonly boolean[],
  { options, shapes }: FitSettings,
): BinnedField {
  const limits = {
    binsMax: options.binsMax,
    loansMin: Math.max(options.binLoansMin, Math.ceil(options.binShareMin * isBad.length)),
    gainMin: options.gainMin,
    shape: shapes[field.field] ?? 'Found',
  };
  const bins =
    field.kind === 'Number'
      ? binNumbers(field.values, isBad, limits)
      : groupWords(field.values, isBad, limits);
  const counts = bins.filter(countsOwnLoans).map((bin) => bin.counts);
  const total = totalOf(counts);
  return {
    field: field.field,
    bins: bins.map((bin) => ({
      ...bin,
      weightOfEvidence: hasLoans(bin) ? weightOfEvidence(bin.counts, total) : 0,
    })),
    informationValue: informationValue(counts),
  };
}

function hasLoans({ counts }: FieldBin): boolean {
  return counts.good + counts.bad > 0;
}

/** The bin for unseen words repeats the loans of the bin it follows. */
function countsOwnLoans(bin: FieldBin): boolean {
  return hasLoans(bin) && !('takes' in bin && bin.takes === 'Unseen');
}

function evidenceOf(field: FieldValues, { bins }: BinnedField): Float64Array {
  const evidence = new Float64Array(field.values.length);
  for (const [row, value] of field.values.entries())
    evidence[row] = locateBin(bins, value)?.weightOfEvidence ?? 0;
  return evidence;
}
