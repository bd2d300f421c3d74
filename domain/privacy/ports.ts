import * as z from 'zod';
import type { Application } from '../applications/application.ts';
import type { Loan } from '../loans/loan.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import { ApplicationId, Instant, LoanId } from '../shared/primitives.ts';
import type { ErasedApplication } from './erase-application.ts';
import type { PersonalDataRequest } from './personal-data-request.ts';

/** One line of the register: ids alone, so that it may be kept for ever, and kept where no backup is restored over it. */
export const Erasure = z.object({
  applicationId: ApplicationId,
  loanId: LoanId.optional(),
  erasedAt: Instant,
  because: z.string(),
});
export type Erasure = z.infer<typeof Erasure>;

/** Where requests about personal data are kept. Writes throw `ConcurrentChange` on a version that is not the stored one. */
export interface PersonalDataRequests {
  find(requestId: string): Promise<PersonalDataRequest | undefined>;
  /** Stores the first version, or the next. */
  replace(next: PersonalDataRequest): Promise<void>;
}

/** Applications by how long they are kept, and the register of those that were erased. */
export interface Retention {
  /** The applications of a borrower, whatever their partner. */
  listOfBorrower(borrowerKey: string): Promise<readonly string[]>;
  /** Those of a queue up to a date, the earliest first. */
  listDue(
    filter: { readonly queue: string; readonly until: string },
    page: PageRequest,
  ): Promise<Page<{ readonly applicationId: string }>>;
  /**
   * Puts what is left in the place of the application, and of its loan where there is one, and a line into the register:
   * all of it or nothing.
   */
  erase(erased: ErasedApplication, loan?: Loan): Promise<void>;
  /** The register of one year, in the order of erasure. */
  listErasures(year: string, page: PageRequest): Promise<Page<Erasure>>;
}

/** What lies about an application elsewhere. Each is the same done twice. */
export interface Traces {
  /** Deletes everything: documents and papers in all their versions, reports, decisions, sightings, tasks, pledges. */
  erase(application: Application): Promise<void>;
  /** Deletes what borrower and staff said to each other about a loan, and the cases when it was the borrower's only one. */
  eraseOfLoan(loan: Loan): Promise<void>;
  /** Deletes what neither contract nor law asks for, and takes the decision out of what campaigns and replays read. */
  restrict(application: Application): Promise<void>;
}
