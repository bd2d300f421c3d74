import type * as z from 'zod';
import type { Page, PageRequest } from '../shared/page.ts';
import { Application } from './application.ts';
import type { BlindIndex, NamedPerson } from './people.ts';
import type { PersonalData } from './personal-data.ts';

/** What a list shows of an application: the attributes the index by partner carries. Not its version: each would write it. */
export const ApplicationSummary = Application.pick({
  applicationId: true,
  status: true,
  partnerId: true,
  externalId: true,
  submittedAt: true,
  productId: true,
  requested: true,
  reasonCodes: true,
  loanId: true,
});
export type ApplicationSummary = z.infer<typeof ApplicationSummary>;

/** The request that made an application, kept so that its repeat gets the first answer again. */
export interface RememberedRequest {
  /** Who sent it and under which key: `<partnerId>#<Idempotency-Key>`. */
  readonly callerKey: string;
  readonly bodyHash: string;
  /** The answer, as text. */
  readonly answer: string;
  /** Seconds since the epoch after which the store may forget it. */
  readonly expiresAt: number;
}

export type Submission =
  | { readonly outcome: 'Stored' }
  | { readonly outcome: 'Repeated'; readonly bodyHash: string; readonly answer: string }
  | { readonly outcome: 'ExternalIdTaken' };

/** Where applications are kept. Every write throws `ConcurrentChange` when the version read is no longer the stored one. */
export interface Applications {
  /** Reads the present state, never an index. */
  find(applicationId: string): Promise<Application | undefined>;
  /**
   * Stores a new application together with the request that made it and with whom it shows: all or nothing. Throws
   * `ConcurrentChange` when one of them was given another name meanwhile.
   */
  submit(
    application: Application,
    request: RememberedRequest,
    people: readonly NamedPerson[],
  ): Promise<Submission>;
  /** Stores a new application that no request made (the successor after a review). */
  create(application: Application): Promise<void>;
  /** Stores the next version. */
  replace(next: Application): Promise<void>;
  /** Stores the next version and makes it the one open application of its borrower, unless another one is. */
  replaceHoldingBorrower(next: Application): Promise<'Stored' | 'BorrowerBusy'>;
  /** Stores the next (closing) version and lets the borrower apply again. */
  replaceReleasingBorrower(next: Application): Promise<void>;
  /**
   * Stores the next version and, with it, that its borrower has taken back the consent to marketing: for every application
   * of theirs that came before.
   */
  replaceWithdrawingMarketing(next: Application, withdrawnAt: string): Promise<void>;
  /** When a borrower took back the consent to marketing, the last time; undefined when never. Never an index. */
  marketingWithdrawnAt(borrowerKey: string): Promise<string | undefined>;
  /** Newest first. */
  listByPartner(
    filter: { readonly partnerId: string; readonly status?: Application['status'] | undefined },
    page: PageRequest,
  ): Promise<Page<ApplicationSummary>>;
}

/** The item that personal data belong to; it is bound into the seal. */
export interface SealedSubject {
  readonly partnerId: string;
  readonly entity: 'application';
  readonly id: string;
}

/** Personal data at rest: sealed for one item, and the blind indexes by which it is found without being opened. */
export interface PersonalDataVault {
  seal(data: PersonalData, subject: SealedSubject): Promise<Uint8Array<ArrayBuffer>>;
  /** Throws when the blob was sealed for another item. */
  open(sealed: Uint8Array, subject: SealedSubject): Promise<PersonalData>;
  /** An identity number or USCC under every key that things are found by: one, or two while the key changes; the present one first. */
  blindIndexes(identityNumber: string): Promise<readonly BlindIndex[]>;
  /**
   * An account or phone number under every key there is, the present one first: what was bound to the number under a key
   * of before is still known as bound to it, although nothing is found by that key any more.
   */
  fingerprints(number: string): Promise<readonly [string, ...string[]]>;
  /** Any other trait that tells one person, device or place from another, under every key that things are found by. */
  traitKeys(kind: string, value: string): Promise<readonly string[]>;
}

/** The seal of an application names its own id and partner. */
export function sealedSubjectOf(application: {
  readonly partnerId: string;
  readonly applicationId: string;
}): SealedSubject {
  return {
    partnerId: application.partnerId,
    entity: 'application',
    id: application.applicationId,
  };
}
