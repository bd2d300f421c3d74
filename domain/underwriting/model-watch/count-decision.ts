import type { Scorecard } from '../../catalog/scorecard.ts';
import { businessDateOf } from '../../shared/calendar.ts';
import type { DecisionRecord } from '../decision-record.ts';
import { locateBin } from '../locate-bin.ts';
import type { Counting, Counts } from './ports.ts';
import { bandOf } from './score-bands.ts';

type Decided = Pick<DecisionRecord, 'applicationId' | 'decidedAt' | 'inputs' | 'decided'>;

/** What one decision adds to the watch of its card: the band of its score, and the bin of every field. */
export function countDecision(card: Scorecard, record: Decided): Counting {
  const { score } = record.decided;
  const bands = (card.fit?.scoreBands ?? []).map(({ fromPoints }) => fromPoints);
  const counts: Record<string, number> = {
    decisions: 1,
    points: score,
    [bandCounter(bandOf(bands, score))]: 1,
  };
  for (const { field, bins } of card.attributes) {
    const bin = locateBin(bins, record.inputs.facts[field]);
    counts[binCounter(field, bin === undefined ? undefined : bins.indexOf(bin))] = 1;
  }
  return countingOf(record, 'decision', counts);
}

/**
 * What a person's verdict says of the card: whether it goes against it. Where the card itself asks for a person there is
 * nothing to go against, and nothing is counted.
 */
export function countVerdict(
  card: Scorecard,
  record: Decided,
  verdict: 'Approved' | 'Declined',
): Counting | undefined {
  const grade = card.grades.find((each) => each.grade === record.decided.grade);
  if (grade === undefined || grade.outcome === 'Refer') return undefined;
  const isAgainst = (grade.outcome === 'Accept') !== (verdict === 'Approved');
  return countingOf(record, 'verdict', { verdicts: 1, ...(isAgainst ? { overrides: 1 } : {}) });
}

/** What became of a loan, under the month it was decided in and the ten points its score lies in. */
export function countOutcome(record: Decided, outcome: 'Good' | 'Bad'): Counting {
  const tens = Math.floor(record.decided.score / POINTS_PER_STEP);
  return countingOf(record, 'outcome', { [outcomeCounter(outcome, tens)]: 1 });
}

/** Scores of outcomes are kept to so many points: KS on steps differs from the exact one in the third decimal. */
export const POINTS_PER_STEP = 10;

export function bandCounter(band: number): string {
  return `band:${band}`;
}

/** The counter of a bin by its place in the card; of a value that no bin takes without one. */
export function binCounter(field: string, bin: number | undefined): string {
  return `bin:${field}:${bin ?? 'none'}`;
}

export function outcomeCounter(outcome: 'Good' | 'Bad', tens: number): string {
  return `${outcome === 'Good' ? 'good' : 'bad'}:${tens}`;
}

function countingOf(record: Decided, what: string, counts: Counts): Counting {
  return {
    mark: `${what}#${record.applicationId}`,
    scorecard: record.inputs.scorecard,
    month: businessDateOf(Date.parse(record.decidedAt)).slice(0, 7),
    counts,
  };
}
