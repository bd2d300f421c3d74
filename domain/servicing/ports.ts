import type { BankAnswer } from '../applications/provider-ports.ts';
import type { VisitRecord } from '../follow-up/visit-record.ts';
import type { JournalEntry, Loan, LoanSchedule } from '../loans/loan.ts';
import type { BankOrder } from './bank-order.ts';
import type { LoanFile } from './loan-file.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import type { ChangeRecord, PaymentRecord } from './loan-records.ts';
import type { Receipt, SuspenseEntry } from './receipt.ts';

/** A record of a loan's collection that is written once and never again. */
export type LoanRecord = PaymentRecord | ChangeRecord | JournalEntry | LoanSchedule | VisitRecord;

/** One change of a disbursed loan: its next version with the event, and the records that come with it. All or nothing. */
export interface LoanChange {
  readonly loan: Loan;
  readonly once?: readonly LoanRecord[];
  /** The next version of the money it is about. */
  readonly receipt?: Receipt;
  /** The next version of the debit or refund it is about. */
  readonly order?: BankOrder;
}

/** Disbursed loans with everything stored of them. */
export interface LoanFiles {
  /** Undefined for a loan that is unknown or was never paid out. Reads the present state, never an index. */
  find(loanId: string): Promise<LoanFile | undefined>;
  /** One transaction. Throws `ConcurrentChange` when the loan changed since it was read, or a record exists already. */
  store(change: LoanChange): Promise<void>;
  /** The next version of an order alone, under the same condition. The fence: an equal write of a twin fails too. */
  storeOrder(order: BankOrder): Promise<void>;
}

/** Who guaranteed a loan. The same reference is the same claim, however often it is made. */
export interface Guarantor {
  /** Received: decided later, by a callback or by money. Throws `Unavailable` when no definite answer came back. */
  claim(claim: {
    readonly reference: string;
    readonly guarantorId: string;
    readonly contractNumber: string;
    readonly amountFen: number;
    readonly asOf: string;
    /** What the transfer is to say. */
    readonly remark: string;
  }): Promise<'Received' | 'Accepted' | 'Refused'>;
}

/** The bank that collects from accounts whose owners allowed it. It answers as a paying bank does; `Paid` may be less. */
export interface DebitBank {
  readonly supportsReferenceDedup: boolean;
  readonly queryByReference: boolean;
  /** Throws `PayoutUnknown` when no definite answer came back. */
  debit(instruction: DebitInstruction): Promise<BankAnswer>;
  queryDebit(reference: string): Promise<BankAnswer & { readonly isFinal: boolean }>;
}

export interface DebitInstruction {
  readonly reference: string;
  readonly amountFen: number;
  readonly payer: {
    readonly name: string;
    readonly accountNumber: string;
    readonly bankCode: string;
  };
  readonly remark: string;
}

/** Money that reached the collection account. Every write throws `ConcurrentChange` on a lost race. */
export interface Receipts {
  find(receiptId: string): Promise<Receipt | undefined>;
  /** Stores the next version of a receipt that moves no loan; with its entry when it goes into suspense as it arrives. */
  store(receipt: Receipt, entry?: SuspenseEntry): Promise<void>;
  /** What waits in suspense, the oldest first. From an index: it may lag behind by a moment. */
  listSuspense(page: PageRequest): Promise<Page<Receipt>>;
  /** Suspended money whose payer named a loan, by loan id or contract number. From an index. */
  listMatching(matchKey: string): Promise<readonly Receipt[]>;
}

/** By whom loans are listed. */
export type LoanOwner =
  | { readonly by: 'Partner'; readonly partnerId: string }
  | { readonly by: 'Borrower'; readonly borrowerKey: string }
  | { readonly by: 'Funder'; readonly funderId: string };

/** Loans found by something else than their id. From indexes: good for lists and for guesses that are checked. */
export interface LoanLists {
  list(
    owner: LoanOwner,
    filter: { readonly status?: Loan['status'] | undefined },
    page: PageRequest,
  ): Promise<Page<Loan>>;
  findByContract(contractNumber: string): Promise<string | undefined>;
}
