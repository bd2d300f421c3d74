import type { CreditReport } from './provider-ports.ts';

/** A bureau report as kept for its borrower: reused while fresh, whichever application asked for it. */
export interface KeptCreditReport extends CreditReport {
  readonly borrowerKey: string;
  /** The consent the query was made under, and the application that needed it. */
  readonly consentId: string;
  readonly applicationId: string;
}

/** Where bureau reports are kept. */
export interface CreditReports {
  /** The newest report of a borrower, however old. */
  findLatest(borrowerKey: string): Promise<KeptCreditReport | undefined>;
  /** Keeping the same report twice keeps it once. */
  save(report: KeptCreditReport): Promise<void>;
}
