import type { Page, PageRequest } from '../shared/page.ts';
import type { CaseResult } from './case-result.ts';
import type { CollectionCase } from './case.ts';
import type { Contact, ContactDay } from './contact.ts';
import type { Debtor } from './debtor.ts';

/** What is read together before a contact is decided. */
export interface ContactState {
  readonly debtor: Debtor | undefined;
  readonly day: ContactDay;
}

/** Where cases, debtors and contacts are kept. Every write throws `ConcurrentChange` when what it was decided on has changed. */
export interface Cases {
  find(borrowerKey: string, lenderId: string): Promise<CollectionCase | undefined>;
  /** By its id, for people; the present state. */
  findById(caseId: string): Promise<CollectionCase | undefined>;
  /** Every case of a borrower, closed ones included. */
  listByBorrower(borrowerKey: string): Promise<readonly CollectionCase[]>;
  replace(next: CollectionCase): Promise<void>;
  /** The open cases of a lender, the longest open first. Read from an index: it may lag behind by a moment. */
  listOpen(lenderId: string, page: PageRequest): Promise<Page<CollectionCase>>;

  findDebtor(borrowerKey: string): Promise<Debtor | undefined>;
  replaceDebtor(next: Debtor): Promise<void>;

  readContactState(borrowerKey: string, date: string): Promise<ContactState>;
  findContact(borrowerKey: string, contactId: string): Promise<Contact | undefined>;
  listContacts(borrowerKey: string, page: PageRequest): Promise<Page<Contact>>;
  /**
   * Stores counters and contact together, provided that the counters are those that were read, that no such contact is there,
   * and that case and debtor are the versions the decision was made on.
   */
  reserveContact(reservation: {
    readonly day: ContactDay;
    readonly contact: Contact;
    readonly collectionCase: CollectionCase;
    readonly debtor: Debtor | undefined;
  }): Promise<void>;
  /** Stores counters, contact and what it taught about the debtor together: a wish to be left alone is never half known. */
  confirmContact(confirmed: {
    readonly day: ContactDay;
    readonly contact: Contact;
    readonly debtor: Debtor | undefined;
  }): Promise<void>;

  /** The token of a workflow that waits for the next date; undefined takes it away. */
  keepWaiting(wait: CaseWait): Promise<void>;
  findWaiting(borrowerKey: string, lenderId: string): Promise<CaseWait | undefined>;
}

/** Record `wait#<lenderId>`: a credential, kept apart from what anybody may see. */
export interface CaseWait {
  readonly borrowerKey: string;
  readonly lenderId: string;
  readonly taskToken: string;
  readonly until: string;
  /** Of the case, as the workflow saw it when it began to wait. */
  readonly version?: number | undefined;
}

/** How cases ended, for the comparison of strategies, arms and agencies. */
export interface CaseResults {
  /** The same result again is the same row. */
  keep(result: CaseResult): Promise<void>;
  list(closed: { readonly from: string; readonly to: string }): Promise<readonly CaseResult[]>;
}

/** What became of an automatic call. */
export interface CallReport {
  readonly callId: string;
  readonly outcome: 'Answered' | 'Completed' | 'NoAnswer' | 'Busy' | 'InvalidNumber';
}

/** Automatic calls: a robot reads a script out, or converses. The same reference is the same call, however often it is asked for. */
export interface VoiceCaller {
  /** Throws `Unavailable` when no definite answer came back; then the call may have been made. */
  call(request: {
    readonly to: string;
    readonly script: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly reference: string;
    readonly mode: 'Notify' | 'Converse';
  }): Promise<CallReport>;
}
