import type { Page, PageRequest } from '../shared/page.ts';
import type { BusinessDay } from './business-day.ts';

/** The sparse due index: loans on which something must happen. A list of candidates only: it may lag behind the loans. */
export interface DueLoans {
  /** Loans of a shard that wait for a date up to `until`, the longest waiting first. */
  list(
    due: { readonly shard: string; readonly until: string },
    page: PageRequest,
  ): Promise<Page<string>>;
}

/** A loan that the day close could not close, with why. */
export interface ParkedLoan {
  readonly loanId: string;
  readonly businessDate: string;
  readonly attempts: number;
  readonly reason: string;
  readonly parkedAt: string;
}

/** Loans whose close fails: counted, and after the last attempt set aside, so that they stop nobody. */
export interface ParkedLoans {
  /** Counts one failed attempt for a business date; the third takes the loan out of the due index. */
  count(failure: {
    readonly loanId: string;
    readonly businessDate: string;
    readonly reason: string;
    readonly at: string;
  }): Promise<'Counted' | 'Parked' | 'ParkedBefore'>;
  list(page: PageRequest): Promise<Page<ParkedLoan>>;
  /** Puts a loan back where the next close finds it. False when it is not parked. */
  release(
    loanId: string,
    by: { readonly operatorId: string; readonly at: string },
  ): Promise<boolean>;
}

/** The runs of the day close, one item for each business date. */
export interface BusinessDays {
  find(businessDate: string): Promise<BusinessDay | undefined>;
  /** The latest date that was fully closed before a date. */
  lastClosedBefore(businessDate: string): Promise<BusinessDay | undefined>;
  /** The latest first. */
  list(page: PageRequest): Promise<Page<BusinessDay>>;
  /** Throws `ConcurrentChange` when the stored version is not the one before. */
  store(next: BusinessDay): Promise<void>;
}
