import type { CreditSummary } from '../applications/application.ts';
import type { CreditReport } from '../applications/provider-ports.ts';

/** Says whether a kept report may be used again: so many days from the moment the bureau gave it. */
export function isReportFresh(
  report: Pick<CreditReport, 'obtainedAt'>,
  freshDays: number,
  at: Date,
): boolean {
  const ageMs = at.getTime() - Date.parse(report.obtainedAt);
  return ageMs < freshDays * 86_400_000;
}

/** The figures of a report that a decision reads. */
export function summariseReport(report: CreditReport, isReused: boolean): CreditSummary {
  return {
    reportId: report.reportId,
    obtainedAt: report.obtainedAt,
    isReused,
    ...(report.score === undefined ? {} : { score: report.score }),
    openLoans: report.openLoans,
    outstandingFen: report.outstandingFen,
    overdueCount24Months: report.overdueCount24Months,
    currentOverdueFen: report.currentOverdueFen,
    queries3Months: report.queries3Months,
  };
}
