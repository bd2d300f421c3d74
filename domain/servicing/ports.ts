import type { JournalEntry, Loan, LoanSchedule } from '../loans/loan.ts';
import type { LoanFile } from './loan-file.ts';
import type { ChangeRecord, PaymentRecord } from './loan-records.ts';

/** A record of a loan's collection that is written once and never again. */
export type LoanRecord = PaymentRecord | ChangeRecord | JournalEntry | LoanSchedule;

/** One change of a disbursed loan: its next version with the event, and the records that come with it. All or nothing. */
export interface LoanChange {
  readonly loan: Loan;
  readonly once?: readonly LoanRecord[];
}

/** Disbursed loans with everything stored of them. */
export interface LoanFiles {
  /** Undefined for a loan that is unknown or was never paid out. Reads the present state, never an index. */
  find(loanId: string): Promise<LoanFile | undefined>;
  /** One transaction. Throws `ConcurrentChange` when the loan changed since it was read, or a record exists already. */
  store(change: LoanChange): Promise<void>;
}
