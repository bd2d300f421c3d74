import type { ModelReport } from './model-report.ts';

/** Numbers by name. What was never counted is not there. */
export type Counts = Readonly<Record<string, number>>;

export interface Counting {
  /** What is counted, once however often it is told: `decision#app_…`. */
  readonly mark: string;
  /** The catalog key of the scorecard. */
  readonly scorecard: string;
  /** The month of the decision, `2026-11`. */
  readonly month: string;
  readonly counts: Counts;
}

/** What was counted of a scorecard, and what was last said of it. */
export interface ModelCounters {
  count(counting: Counting): Promise<void>;
  /** The counts of every month from one to another, both included; a month without any is left out. */
  read(scorecard: string, from: string, to: string): Promise<ReadonlyMap<string, Counts>>;
  /** Keeps a report as the newest of its card, and by its date. */
  saveReport(report: ModelReport): Promise<void>;
  /** The newest report of every card. */
  listReports(): Promise<readonly ModelReport[]>;
}
