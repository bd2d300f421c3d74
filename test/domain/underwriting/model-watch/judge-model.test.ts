import { describe, expect, it } from 'vitest';
import { WatchLimits } from '../../../../domain/catalog/watch-limits.ts';
import { decideByPolicy } from '../../../../domain/underwriting/decide-by-policy.ts';
import { recordOf, type DecisionRecord } from '../../../../domain/underwriting/decision-record.ts';
import {
  countDecision,
  countOutcome,
  countVerdict,
} from '../../../../domain/underwriting/model-watch/count-decision.ts';
import { judgeModel } from '../../../../domain/underwriting/model-watch/judge-model.ts';
import { ksOfOutcomes } from '../../../../domain/underwriting/model-watch/ks-of-outcomes.ts';
import { monthBefore } from '../../../../domain/underwriting/model-watch/months.ts';
import { outcomeOfLoan } from '../../../../domain/underwriting/model-watch/outcome-of-loan.ts';
import { populationStability } from '../../../../domain/underwriting/model-watch/population-stability.ts';
import type { Counting, Counts } from '../../../../domain/underwriting/model-watch/ports.ts';
import {
  bandOf,
  countBands,
  cutBands,
} from '../../../../domain/underwriting/model-watch/score-bands.ts';
import { germanRows } from '../../../../local/samples/german-row.ts';
import { catalogFiles, companyScorecard, personScorecard } from '../../catalog-files.ts';
import { germanCase, personSetting } from '../german-cases.ts';

const limits = WatchLimits.parse(
  catalogFiles('watch-limits').find(({ name }) => name === 'default.json')?.content,
);

/** The decision of every German application, as the platform keeps it. */
const records: readonly DecisionRecord[] = germanRows().map((_, position) => {
  const { inputs } = germanCase(position);
  return recordOf(inputs, decideByPolicy(inputs, personSetting), 'person');
});

function sumOf(countings: readonly (Counting | undefined)[]): Counts {
  const sums: Record<string, number> = {};
  for (const counting of countings)
    for (const [name, count] of Object.entries(counting?.counts ?? {}))
      sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

const month = '2026-11';
const judge = (counts: Counts, changes: { card?: typeof personScorecard; asOf?: string } = {}) =>
  judgeModel({
    card: personScorecard,
    months: new Map([[month, counts]]),
    limits,
    asOf: '2026-11-30',
    ...changes,
  });
const decisionsOf = (chosen: readonly DecisionRecord[]) =>
  sumOf(chosen.map((record) => countDecision(personScorecard, record)));

describe('judgeModel', () => {
  it('finds nothing moved in the very sample the card was fitted on', () => {
    const report = judge(decisionsOf(records));
    expect(report).toMatchObject({
      scorecard: 'person#0003',
      level: 'Healthy',
      decisions: 1000,
      scoreStability: 0,
      scoreDriftPoints: 0,
      findings: [],
    });
    for (const { stability } of report.fields) expect(stability).toBe(0);
  });

  it('calls the card stale when other people apply, and says in which field', () => {
    const overdrawn = records.filter(({ inputs }) => inputs.facts['checkingStatus'] === 'Negative');
    const report = judge(decisionsOf(overdrawn));
    expect(report.level).toBe('Stale');
    expect(report.findings).toContainEqual(
      expect.objectContaining({ figure: 'FieldStability', of: 'checkingStatus', level: 'Stale' }),
    );
    expect(report.findings.map(({ figure }) => figure)).toContain('ScoreStability');
    expect(report.scoreDriftPoints).toBeLessThan(-20);
  });

  it('asks for a look when a few move: every tenth good account is gone', () => {
    const fewer = records.filter(
      ({ inputs }, at) => inputs.facts['checkingStatus'] !== 'NoAccount' || at % 3 > 0,
    );
    expect(judge(decisionsOf(fewer)).level).toBe('Watch');
  });

  it('sees values that no bin takes', () => {
    const strange = records.map((record) => ({
      ...record,
      inputs: { ...record.inputs, facts: { ...record.inputs.facts, housing: 'Boat' } },
    }));
    expect(judge(decisionsOf(strange)).findings).toContainEqual(
      expect.objectContaining({ figure: 'FieldStability', of: 'housing', level: 'Stale' }),
    );
  });

  it.each([
    { decisions: 99, level: 'TooFew' },
    { decisions: 100, level: 'Stale' },
  ])('says $level of $decisions decisions alike', ({ decisions, level }) => {
    const [first] = records;
    const alike = Array.from({ length: decisions }, () => first).filter(
      (each) => each !== undefined,
    );
    expect(judge(decisionsOf(alike)).level).toBe(level);
  });

  it('compares the months of its window only', () => {
    const counts = decisionsOf(records);
    expect(judge(counts, { asOf: '2027-01-31' })).toMatchObject({
      decisions: 1000,
      fromMonth: '2026-11',
    });
    expect(judge(counts, { asOf: '2027-02-01' })).toMatchObject({ decisions: 0, level: 'TooFew' });
  });

  it.each([
    { overrides: 9, level: 'Healthy', of: 100 },
    { overrides: 10, level: 'Watch', of: 100 },
    { overrides: 30, level: 'Stale', of: 100 },
    { overrides: 99, level: 'Healthy', of: 99 },
  ])('is $level when people go against it $overrides times in $of', ({ overrides, level, of }) => {
    const counts = { ...decisionsOf(records), verdicts: of, overrides };
    expect(judge(counts)).toMatchObject({ level, verdicts: of, overrides });
  });

  it('measures KS on loans whose end is known, and finds the fitted one on its own sample', () => {
    const outcomes = records.map((record, row) =>
      countOutcome(record, germanRows()[row]?.wasGood === true ? 'Good' : 'Bad'),
    );
    const report = judge(sumOf(outcomes));
    expect(report.ksByMonth).toEqual([
      { month, good: 700, bad: 300, ks: expect.closeTo(personScorecard.fit?.own.ks ?? 0, 1) },
    ]);
    expect(report.findings).toEqual([]);
  });

  it('calls the card stale when good and bad loans score alike', () => {
    const blind = records.map((record, row) =>
      countOutcome(record, row % 3 === 0 ? 'Bad' : 'Good'),
    );
    expect(judge(sumOf(blind))).toMatchObject({
      level: 'Stale',
      findings: [{ figure: 'KsLoss', of: month, level: 'Stale' }],
    });
  });

  it('says nothing of a few loans', () => {
    const few = records
      .slice(0, 99)
      .map((record, row) => countOutcome(record, row % 2 ? 'Bad' : 'Good'));
    expect(judge(sumOf(few))).toMatchObject({ level: 'TooFew', findings: [] });
  });

  it('has no sample to compare with when the card was set by judgement', () => {
    const report = judge({ decisions: 500, points: 1 }, { card: companyScorecard });
    expect(report).toMatchObject({ level: 'Healthy', fields: [], findings: [] });
  });
});

describe('countVerdict', () => {
  const [record] = records;
  const verdictOn = (grade: string, verdict: 'Approved' | 'Declined') =>
    record &&
    countVerdict(personScorecard, { ...record, decided: { ...record.decided, grade } }, verdict);

  it.each([
    { grade: 'A', verdict: 'Approved', counts: { verdicts: 1 } },
    { grade: 'A', verdict: 'Declined', counts: { verdicts: 1, overrides: 1 } },
    { grade: 'F', verdict: 'Declined', counts: { verdicts: 1 } },
    { grade: 'F', verdict: 'Approved', counts: { verdicts: 1, overrides: 1 } },
  ] as const)(
    'counts $counts when grade $grade is $verdict by people',
    ({ grade, verdict, counts }) => {
      expect(verdictOn(grade, verdict)?.counts).toEqual(counts);
    },
  );

  it.each(['E', 'unheard of'])(
    'counts nothing where the card has no opinion: grade %s',
    (grade) => {
      expect(verdictOn(grade, 'Approved')).toBeUndefined();
    },
  );
});

describe('outcomeOfLoan', () => {
  it.each([
    { news: { type: 'LoanBucketChanged', daysPastDue: 89 }, outcome: undefined },
    { news: { type: 'LoanBucketChanged', daysPastDue: 90 }, outcome: 'Bad' },
    { news: { type: 'PaymentPosted', isSettled: true, daysPastDue: 0 }, outcome: 'Good' },
    { news: { type: 'PaymentPosted', isSettled: true, daysPastDue: 120 }, outcome: 'Bad' },
    { news: { type: 'LoanWrittenOff' }, outcome: 'Bad' },
    { news: { type: 'PaymentPosted' }, outcome: undefined },
  ])('is $outcome after $news', ({ news, outcome }) => {
    expect(outcomeOfLoan(news, 90)).toBe(outcome);
  });
});

describe('populationStability', () => {
  it.each([
    { then: [100, 100], now: [10, 10], psi: 0 },
    { then: [50, 50], now: [60, 40], psi: 0.1 * Math.log(1.2) - 0.1 * Math.log(0.8) },
    { then: [50, 50, 0], now: [5, 5, 0], psi: 0 },
    {
      then: [99, 1],
      now: [100, 0],
      psi: 0.01 * Math.log(100 / 99) + (0.005 - 0.01) * Math.log(0.5),
    },
    { then: [0, 0], now: [1, 1], psi: 0 },
  ])('is $psi from $then to $now', ({ then, now, psi }) => {
    expect(populationStability(then, now)).toBeCloseTo(psi, 10);
  });

  it('refuses to compare different classes', () => {
    expect(() => populationStability([1], [1, 2])).toThrow('1 classes cannot be compared with 2');
  });
});

describe('the bands of a score', () => {
  it('are about equal, and never part equal scores', () => {
    expect(cutBands([1, 1, 1, 2, 3, 4], 3)).toEqual([1, 3]);
    expect(countBands([1, 3], [0, 1, 2, 3, 9])).toEqual([3, 2]);
  });

  it.each([
    { points: -5, band: 0 },
    { points: 500, band: 0 },
    { points: 599, band: 0 },
    { points: 600, band: 1 },
    { points: 999, band: 1 },
  ])('put $points points into band $band', ({ points, band }) => {
    expect(bandOf([500, 600], points)).toBe(band);
  });
});

describe('ksOfOutcomes', () => {
  it('needs good and bad loans, and ignores other counters', () => {
    expect(ksOfOutcomes({ 'good:60': 3, decisions: 9 })).toEqual({
      good: 3,
      bad: 0,
      ks: undefined,
    });
    expect(ksOfOutcomes({ 'good:60': 3, 'bad:-1': 2 })).toEqual({ good: 3, bad: 2, ks: 1 });
    expect(ksOfOutcomes({ 'good:9': 1, 'good:60': 1, 'bad:60': 2 }).ks).toBe(0.5);
  });
});

describe('monthBefore', () => {
  it.each([
    { month: '2026-11', less: 0, is: '2026-11' },
    { month: '2026-11', less: 2, is: '2026-09' },
    { month: '2026-01', less: 1, is: '2025-12' },
    { month: '2026-01', less: 36, is: '2023-01' },
  ])('goes from $month back by $less to $is', ({ month: from, less, is }) => {
    expect(monthBefore(from, less)).toBe(is);
  });
});

describe('WatchLimits', () => {
  it('refuses a model that is stale before it is watched', () => {
    const wrong = { ...limits, stability: { watchFrom: 0.3, staleFrom: 0.2, source: 'x' } };
    expect(() => WatchLimits.parse(wrong)).toThrow('watched before it is stale');
  });
});
