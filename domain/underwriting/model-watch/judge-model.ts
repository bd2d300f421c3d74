import type { Scorecard } from '../../catalog/scorecard.ts';
import type { WatchLimits } from '../../catalog/watch-limits.ts';
import { catalogKeyOf } from '../../catalog/catalog-key.ts';
import { rounded } from '../scorecard-fit/rounded.ts';
import { bandCounter, binCounter } from './count-decision.ts';
import { ksOfOutcomes } from './ks-of-outcomes.ts';
import type { Finding, Level, ModelReport } from './model-report.ts';
import { monthBefore } from './months.ts';
import { populationStability } from './population-stability.ts';
import type { Counts } from './ports.ts';

export interface ModelCase {
  readonly card: Scorecard;
  /** The counts of each month the card decided in. */
  readonly months: ReadonlyMap<string, Counts>;
  readonly limits: WatchLimits;
  readonly asOf: string;
}

/** Compares whom a card judges, what people make of it and what became of its loans with the sample it was fitted on. */
export function judgeModel({ card, months, limits, asOf }: ModelCase): ModelReport {
  const toMonth = asOf.slice(0, 7);
  const fromMonth = monthBefore(toMonth, limits.windowMonths - 1);
  const window = sumOf([...months].filter(([month]) => month >= fromMonth && month <= toMonth));
  const people = populationOf(card, window, limits);
  const ksByMonth = [...months]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([month, counts]) => ksOfMonth(month, counts, limits.casesMin));
  const { verdicts = 0, overrides = 0, decisions = 0 } = window;
  const findings = [
    ...people.findings,
    ...findingsOfKs(card, ksByMonth, limits),
    ...(verdicts < limits.casesMin
      ? []
      : finding({ figure: 'Overrides', value: overrides / verdicts }, limits.overrides)),
  ];
  const isSilent = decisions < limits.casesMin && findings.length === 0;
  return {
    scorecard: catalogKeyOf(card.scorecardId, card.version),
    asOf,
    fromMonth,
    toMonth,
    level: isSilent ? 'TooFew' : worstOf(findings),
    decisions,
    ...people.figures,
    fields: people.fields,
    verdicts,
    overrides,
    ksByMonth,
    findings,
  };
}

function populationOf(card: Scorecard, window: Counts, limits: WatchLimits) {
  const { fit } = card;
  const decisions = window['decisions'] ?? 0;
  if (fit === undefined || decisions < limits.casesMin)
    return { figures: {}, fields: [], findings: [] };
  const scoreStability = populationStability(
    fit.scoreBands.map(({ loans }) => loans),
    fit.scoreBands.map((_, band) => window[bandCounter(band)] ?? 0),
  );
  const scoreMean = (window['points'] ?? 0) / decisions;
  const scoreDriftPoints = scoreMean - fit.scoreMean;
  const fields = card.attributes.map((attribute) => ({
    field: attribute.field,
    stability: rounded(stabilityOf(attribute, window)),
  }));
  return {
    figures: {
      scoreStability: rounded(scoreStability),
      scoreMean: rounded(scoreMean),
      scoreDriftPoints: rounded(scoreDriftPoints),
    },
    fields,
    findings: [
      ...finding({ figure: 'ScoreStability', value: scoreStability }, limits.stability),
      ...finding(
        { figure: 'ScoreDrift', value: Math.abs(scoreDriftPoints) },
        limits.scoreDriftPoints,
      ),
      ...fields.flatMap(({ field, stability }) =>
        finding({ figure: 'FieldStability', of: field, value: stability }, limits.stability),
      ),
    ],
  };
}

/** Values that no bin takes are a class of their own: nobody in the sample had one. */
function stabilityOf({ field, bins }: Scorecard['attributes'][number], window: Counts): number {
  return populationStability(
    [...bins.map(({ loans }) => loans ?? 0), 0],
    [...bins.keys(), undefined].map((bin) => window[binCounter(field, bin)] ?? 0),
  );
}

function ksOfMonth(month: string, counts: Counts, casesMin: number): ModelReport['ksByMonth'] {
  const { good, bad, ks } = ksOfOutcomes(counts);
  if (good + bad === 0) return [];
  const isTelling = good + bad >= casesMin && ks !== undefined;
  return [{ month, good, bad, ...(isTelling ? { ks: rounded(ks) } : {}) }];
}

/** Only the newest month that can say something: older ones were said in their time. */
function findingsOfKs(
  { fit }: Scorecard,
  ksByMonth: ModelReport['ksByMonth'],
  limits: WatchLimits,
): Finding[] {
  const newest = ksByMonth.findLast(({ ks }) => ks !== undefined);
  if (fit === undefined || newest?.ks === undefined) return [];
  const value = 1 - newest.ks / fit.ks;
  return finding({ figure: 'KsLoss', of: newest.month, value }, limits.ksLoss);
}

function finding(
  found: Omit<Finding, 'level'>,
  { watchFrom, staleFrom }: WatchLimits['stability'],
): Finding[] {
  if (found.value < watchFrom) return [];
  const level = found.value >= staleFrom ? 'Stale' : 'Watch';
  return [{ ...found, value: rounded(found.value), level }];
}

function worstOf(findings: readonly Finding[]): Level {
  if (findings.some(({ level }) => level === 'Stale')) return 'Stale';
  return findings.length > 0 ? 'Watch' : 'Healthy';
}

function sumOf(months: readonly (readonly [string, Counts])[]): Counts {
  const sum: Record<string, number> = {};
  for (const [, counts] of months)
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
