import type { CaseLoan } from './case.ts';

/** What is owed on one loan on a date, as servicing has it: the part collections may act on. */
export interface Debt {
  readonly loan: CaseLoan;
  readonly borrowerKey: string;
  readonly lenderId: string;
  /** Overdue: something is late. The others are reasons why nothing is to be collected any more. */
  readonly standing:
    | 'Overdue'
    | 'Current'
    | 'Settled'
    | 'Restructured'
    | 'Compensated'
    | 'Transferred'
    | 'WrittenOff';
  /** When the borrower last confirmed new terms. */
  readonly restructuredOn?: string;
  /** New terms are offered to the borrower, who may confirm them up to this date. */
  readonly offerUntil?: string;
}

/** Where debts are read; what is read is the present state, never an index or an event. */
export interface Debts {
  find(loanId: string, asOf: string): Promise<Debt | undefined>;
}
