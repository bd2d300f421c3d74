import { compareShadows, type ContestReport } from '../../domain/underwriting/compare-shadows.ts';
import { ShadowCase } from '../../domain/underwriting/decision-record.ts';
import { everyItem } from '../sandbox/page-items.ts';
import type { PlatformClient } from '../sandbox/platform-client.ts';
import { describeReplay } from './policy-replay.ts';

export interface ShadowWish {
  readonly operator: PlatformClient;
  readonly creditPolicyId: string;
  /** First and last business date of the decisions. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly onProgress: (done: number, total: number, message?: string) => void;
}

/** Champion against challenger over every application that both have decided, page after page. */
export async function shadowReports(wish: ShadowWish): Promise<ContestReport[]> {
  const { operator, creditPolicyId, from, to, onProgress } = wish;
  const query = new URLSearchParams({
    creditPolicyId,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  const cases: ShadowCase[] = [];
  for await (const row of everyItem(operator, `/ops/shadow-decisions?${query.toString()}`)) {
    cases.push(ShadowCase.parse(row));
    onProgress(cases.length, cases.length, `${String(cases.length)} compared`);
  }
  return compareShadows(cases);
}

/** The reports as lines for a person: `before` is the champion, `after` the challenger. */
export function describeShadows(reports: readonly ContestReport[]): string[] {
  if (reports.length === 0) return ['no challenger has decided anything, nor in the shadow'];
  return reports.flatMap((report, at) => [
    ...(at === 0 ? [] : ['']),
    `${report.challenger} (after) against ${report.champion} (before), ${report.firstDecidedAt} to ${report.lastDecidedAt}`,
    `${String(report.cases)} applications, ${String(report.moves.length)} differ; ${String(report.decidedByChallenger)} were decided by the challenger, the others in its shadow`,
    ...describeReplay(report).slice(1),
  ]);
}
