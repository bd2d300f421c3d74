import type { JournalEntry, Loan, LoanSchedule } from './loan.ts';

/** Where loans are read. They are written only together with the payout that moves their money (`MoneyStore`). */
export interface Loans {
  find(loanId: string): Promise<Loan | undefined>;
  findSchedule(loanId: string, scheduleVersion: number): Promise<LoanSchedule | undefined>;
  listEntries(loanId: string): Promise<readonly JournalEntry[]>;
}
