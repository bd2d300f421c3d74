import * as z from 'zod';
import { businessDateOf, daysBetween } from '../shared/calendar.ts';
import { Instant } from '../shared/primitives.ts';
import { CloseReason } from './case.ts';

/** How one opening of a case ended: a row of Metrics, written once whatever arrives how often. */
export const CaseResult = z.object({
  metric: z.string(),
  dateDimension: z.string(),
  caseId: z.string(),
  opening: z.int(),
  strategy: z.string(),
  arm: z.string(),
  because: CloseReason,
  bucket: z.string(),
  days: z.int(),
  receivedFen: z.int(),
  costFen: z.int(),
  stepCount: z.int(),
  receivedByStep: z.record(z.string(), z.int()),
  agencyId: z.string().optional(),
});
export type CaseResult = z.infer<typeof CaseResult>;

/** The facts of a `CaseClosed` event, as the bus brings them. */
export const CaseClosedFacts = z.object({
  caseId: z.string(),
  opening: z.int(),
  strategy: z.string(),
  arm: z.string(),
  because: CloseReason,
  bucket: z.string(),
  openedAt: Instant,
  at: Instant,
  receivedFen: z.int(),
  costFen: z.int(),
  stepCount: z.int(),
  receivedByStep: z.record(z.string(), z.int()),
  agencyId: z.string().optional(),
});

/** The metric under which the results of a strategy stand; a date range of it is one query. */
export const resultMetric = 'collection-result';

/** The row of one ended case. Its key follows from the case and its opening: written again it is the same row. */
export function caseResultOf(facts: z.infer<typeof CaseClosedFacts>): CaseResult {
  const { openedAt, at, ...kept } = facts;
  const [openedOn, closedOn] = [openedAt, at].map((instant) => businessDateOf(Date.parse(instant)));
  if (openedOn === undefined || closedOn === undefined)
    throw new Error('two instants are two dates');
  return {
    metric: resultMetric,
    dateDimension: `${closedOn}#${facts.caseId}#${String(facts.opening).padStart(4, '0')}`,
    ...kept,
    days: daysBetween(openedOn, closedOn),
  };
}

export interface ArmResult {
  readonly strategy: string;
  readonly arm: string;
  readonly cases: number;
  readonly cured: number;
  readonly receivedFen: number;
  readonly costFen: number;
  readonly days: number;
  readonly receivedByStep: Readonly<Record<string, number>>;
}

/** Sums results by strategy version and arm, or by whatever the caller groups by. */
export function sumResults(
  results: readonly CaseResult[],
  groupOf: (result: CaseResult) => string = ({ strategy, arm }) => `${strategy} ${arm}`,
): readonly ArmResult[] {
  const groups = Map.groupBy(results, groupOf);
  return [...groups.values()].map((rows) => {
    const strategy = rows[0]?.strategy ?? '';
    const arm = rows[0]?.arm ?? '';
    const sum = (value: (row: CaseResult) => number) =>
      rows.reduce((total, row) => total + value(row), 0);
    const steps = [...new Set(rows.flatMap((row) => Object.keys(row.receivedByStep)))].sort();
    return {
      strategy,
      arm,
      cases: rows.length,
      cured: sum(({ because }) => (because === 'Cured' || because === 'Settled' ? 1 : 0)),
      receivedFen: sum(({ receivedFen }) => receivedFen),
      costFen: sum(({ costFen }) => costFen),
      days: sum(({ days }) => days),
      receivedByStep: Object.fromEntries(
        steps.map((stepId) => [stepId, sum((row) => row.receivedByStep[stepId] ?? 0)]),
      ),
    };
  });
}
