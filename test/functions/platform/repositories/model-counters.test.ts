import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelReport } from '#domain/underwriting/model-watch/model-report.ts';
import type { Counting, ModelCounters } from '#domain/underwriting/model-watch/ports.ts';
import { DynamoModelCounters } from '#platform/repositories/model-counters.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { InMemoryModelCounters } from '#test/support/in-memory-model-counters.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

const now = () => new Date('2026-11-26T00:00:00Z');
const kinds: readonly [string, () => ModelCounters][] = [
  ['DynamoModelCounters', () => new DynamoModelCounters(database.documents, 'Metrics', now)],
  ['InMemoryModelCounters', () => new InMemoryModelCounters()],
];

describe.each(kinds)('%s', (_name, make) => {
  const counting = (mark: string, changes: Partial<Counting> = {}): Counting => ({
    mark,
    scorecard: 'sums#0001',
    month: '2026-11',
    counts: { decisions: 1, points: 600, 'bin:housing:none': 1 },
    ...changes,
  });

  it('counts what comes again, in turn or at the same time, once', async () => {
    const counters = make();
    const marks = Array.from({ length: 20 }, (_, at) => `decision#app_${at}`);
    await Promise.all([...marks, ...marks].map((mark) => counters.count(counting(mark))));
    await counters.count(counting('decision#app_0'));
    expect(await counters.read('sums#0001', '2026-11', '2026-11')).toEqual(
      new Map([['2026-11', { decisions: 20, points: 12_000, 'bin:housing:none': 20 }]]),
    );
  });

  it('keeps cards and months apart, and answers the months asked for', async () => {
    const counters = make();
    for (const month of ['2026-08', '2026-09', '2026-10', '2026-12'])
      await counters.count(counting(`m#${month}`, { scorecard: 'months#0001', month }));
    await counters.count(counting('other', { scorecard: 'months#0002', month: '2026-09' }));
    const months = await counters.read('months#0001', '2026-09', '2026-11');
    expect([...months.keys()].toSorted()).toEqual(['2026-09', '2026-10']);
    expect(months.get('2026-09')?.['decisions']).toBe(1);
  });

  it('answers the newest report of every card', async () => {
    const counters = make();
    const report = (scorecard: string, asOf: string): ModelReport => ({
      scorecard,
      asOf,
      fromMonth: '2026-09',
      toMonth: '2026-11',
      level: 'Watch',
      decisions: 100,
      scoreStability: 0.12,
      fields: [{ field: 'housing', stability: 0.01 }],
      verdicts: 0,
      overrides: 0,
      ksByMonth: [],
      findings: [{ figure: 'ScoreStability', value: 0.12, level: 'Watch' }],
    });
    await counters.saveReport(report('a#0001', '2026-11-16'));
    await counters.saveReport(report('a#0001', '2026-11-23'));
    await counters.saveReport(report('b#0001', '2026-11-16'));
    expect(await counters.listReports()).toEqual([
      report('a#0001', '2026-11-23'),
      report('b#0001', '2026-11-16'),
    ]);
  });
});
