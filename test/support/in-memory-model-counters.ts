import { ModelReport } from '#domain/underwriting/model-watch/model-report.ts';
import type { Counting, Counts, ModelCounters } from '#domain/underwriting/model-watch/ports.ts';

/** Counters in memory; what it answers is what DynamoDB answers. */
export class InMemoryModelCounters implements ModelCounters {
  readonly #marks = new Set<string>();
  readonly #sums = new Map<string, Record<string, number>>();
  readonly #reports = new Map<string, ModelReport>();

  count({ mark, scorecard, month, counts }: Counting): Promise<void> {
    if (this.#marks.has(mark)) return Promise.resolve();
    this.#marks.add(mark);
    const key = `${scorecard} ${month}`;
    const sums = this.#sums.get(key) ?? {};
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
    this.#sums.set(key, sums);
    return Promise.resolve();
  }

  read(scorecard: string, from: string, to: string): Promise<ReadonlyMap<string, Counts>> {
    const months = [...this.#sums]
      .filter(([key]) => key.startsWith(`${scorecard} `))
      .map(([key, sums]) => [key.slice(-7), { ...sums }] as const)
      .filter(([month]) => month >= from && month <= to);
    return Promise.resolve(new Map(months));
  }

  saveReport(report: ModelReport): Promise<void> {
    this.#reports.set(report.scorecard, ModelReport.parse(report));
    return Promise.resolve();
  }

  listReports(): Promise<readonly ModelReport[]> {
    return Promise.resolve(
      [...this.#reports.values()].toSorted((a, b) => (a.scorecard < b.scorecard ? -1 : 1)),
    );
  }
}
