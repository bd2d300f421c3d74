import type { Application } from '../applications/application.ts';
import type { JournalEntry, Loan, LoanSchedule } from '../loans/loan.ts';
import type { LoanAgreement } from '../servicing/loan-agreement.ts';
import type { Payout } from './payout.ts';

/** What one step of the money does, all of it or nothing. Each aggregate is conditional on the version it was read at. */
export interface MoneyChange {
  readonly payout?: Payout;
  readonly loan?: Loan;
  readonly application?: Application;
  /** Frees the borrower for another application in the same transaction. */
  readonly isReleasingBorrower?: boolean;
  /** Written once: a schedule version or a journal entry that exists already stops the whole change. */
  readonly agreement?: LoanAgreement;
  readonly schedule?: LoanSchedule;
  readonly entries?: readonly JournalEntry[];
}

/** Where payouts are kept, and the one way in which money moves. Both throw `ConcurrentChange` on a lost race. */
export interface MoneyStore {
  findPayout(payoutRef: string): Promise<Payout | undefined>;
  /** The fence: a claim of an attempt that somebody else claimed first fails, even with an equal event. */
  replacePayout(next: Payout): Promise<void>;
  /** One transaction. A lost response is resolved by reading back what is stored. */
  store(change: MoneyChange): Promise<void>;
}
