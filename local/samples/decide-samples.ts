import {
  decideByPolicy,
  type DecisionSetting,
} from '../../domain/underwriting/decide-by-policy.ts';
import type { DecisionInputs } from '../../domain/underwriting/decision-inputs.ts';
import { sampleCase, type SampleSetting } from './sample-decision.ts';

/** What became of one sample, in one line. */
export interface SampleVerdict {
  readonly index: number;
  readonly outcome: 'Approved' | 'Declined' | 'Referred';
  readonly grade: string;
  readonly score: number;
  readonly segment: string;
  readonly amountFen: number;
  readonly annualRate: string;
  readonly reasonCodes: readonly string[];
  readonly wasGood: boolean;
}

const SAMPLES = 1000;

/**
 * Decides all 1,000 German applications by a policy, from screening on; what a person would say is not guessed. `change`
 * may put something behind each.
 */
export function decideSamples(
  policy: DecisionSetting['policy'],
  setting: SampleSetting,
  change: (inputs: DecisionInputs, position: number) => DecisionInputs = (inputs) => inputs,
): SampleVerdict[] {
  return Array.from({ length: SAMPLES }, (_, position) => {
    const { index, inputs, screenedOutBy, wasGood } = sampleCase(position, setting);
    const decided = decideByPolicy(change(inputs, position), { ...setting, policy });
    const isScreenedOut = screenedOutBy.length > 0;
    return {
      index,
      outcome: isScreenedOut ? 'Declined' : decided.outcome,
      grade: decided.grade,
      score: decided.score,
      segment: decided.segment ?? '',
      amountFen: isScreenedOut ? 0 : (decided.offer?.amountFen ?? 0),
      annualRate: isScreenedOut ? '' : (decided.offer?.annualRate ?? ''),
      reasonCodes: isScreenedOut ? screenedOutBy : decided.reasonCodes,
      wasGood,
    };
  });
}

export interface SampleSummary {
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly byGrade: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly byReason: Readonly<Record<string, number>>;
  /** Shares in basis points, of all samples and of those approved without a person. */
  readonly approvalBasisPoints: number;
  readonly badBasisPointsOfAll: number;
  readonly badBasisPointsOfApproved: number;
  readonly badBasisPointsOfReferred: number;
  readonly badBasisPointsOfDeclined: number;
}

/** Counts by outcome, grade and reason, and how many of each turned out bad. */
export function summariseSamples(verdicts: readonly SampleVerdict[]): SampleSummary {
  const byGrade: Record<string, Record<string, number>> = {};
  for (const { grade, outcome } of verdicts) {
    const counts = (byGrade[grade] ??= {});
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  const of = (outcome: string) => verdicts.filter((verdict) => verdict.outcome === outcome);
  return {
    byOutcome: countsOf(verdicts.map(({ outcome }) => outcome)),
    byGrade: sorted(byGrade),
    byReason: countsOf(verdicts.flatMap(({ reasonCodes }) => [...reasonCodes])),
    approvalBasisPoints: share(of('Approved').length, verdicts.length),
    badBasisPointsOfAll: badShare(verdicts),
    badBasisPointsOfApproved: badShare(of('Approved')),
    badBasisPointsOfReferred: badShare(of('Referred')),
    badBasisPointsOfDeclined: badShare(of('Declined')),
  };
}

function badShare(verdicts: readonly SampleVerdict[]): number {
  return share(verdicts.filter(({ wasGood }) => !wasGood).length, verdicts.length);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part * 10_000) / whole);
}

function countsOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return sorted(counts);
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
