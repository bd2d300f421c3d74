import type { Applicant } from './application.ts';

/**
 * What origination needs from the outside world, in its own words. An adapter throws `Unavailable` when the provider does
 * not answer, answers garbage, or answers 5xx; everything the provider says definitely is a returned value.
 */
export interface IdentityCheck {
  verify(request: { name: string; idNumber: string; mobile: string }): Promise<{
    result: 'Match' | 'Mismatch' | 'NotFound';
    checkId: string;
  }>;
}

export interface IncomeCheck {
  verify(request: { idNumber: string; declaredMonthlyIncomeFen: number }): Promise<{
    result: 'Confirmed' | 'Lower' | 'NoRecord';
    verifiedMonthlyIncomeFen: number | undefined;
    checkId: string;
  }>;
}

export interface DocumentRecognition {
  /** Reads a document; the fields it found, and whether it looks genuine. */
  recognise(request: { objectKey: string; kind: string; sha256: string }): Promise<{
    result: 'Genuine' | 'Doubtful' | 'Unreadable';
    fields: Record<string, string>;
    checkId: string;
  }>;
}

export interface CreditReport {
  reportId: string;
  obtainedAt: string;
  score: number | undefined;
  openLoans: number;
  outstandingFen: number;
  overdueCount24Months: number;
  currentOverdueFen: number;
  queries3Months: number;
}

export interface CreditBureau {
  /** `consentId` proves the written consent; a query without one is unlawful (征信业管理条例 18). */
  query(request: {
    idNumber: string;
    name: string;
    consentId: string;
    purpose: 'PreLoan';
  }): Promise<CreditReport>;
}

export interface SignatureProvider {
  /** Idempotent by `reference`. The result comes back as a signed callback. */
  requestSignature(request: {
    reference: string;
    applicationId: string;
    documentSha256: string;
    documentKey: string;
    signer: { name: string; idNumber: string; mobile: string };
  }): Promise<{ requestId: string }>;
}

export type BankAnswer =
  | { status: 'Paid'; bankReference: string; amountFen: number; valueDate: string }
  | { status: 'Refused'; reason: string }
  | { status: 'Processing' }
  | { status: 'NotFound' };

/** A bank must say what it can do; without both abilities a person confirms every unknown outcome. */
export interface PayoutBank {
  /**
   * After a restore: what we never sent, as far as we know, may have been sent all the same. Every first attempt asks the
   * bank by its reference before it sends anything.
   */
  asksFirst?(): Promise<boolean>;
  readonly supportsReferenceDedup: boolean;
  readonly queryByReference: boolean;
  /** Throws `PayoutUnknown` when no definite answer came back. */
  pay(instruction: {
    reference: string;
    amountFen: number;
    payee: { name: string; accountNumber: string; bankCode: string };
    remark: string;
  }): Promise<BankAnswer>;
  /** NotFound is definite only when the bank's settlement cut-off for the reference has passed (`isFinal`). */
  query(reference: string): Promise<BankAnswer & { isFinal: boolean }>;
}

export interface MessageSender {
  /** A text, or a call that reads the text out. The provider drops a second message with the same reference. */
  send(message: {
    to: string;
    channel?: 'Sms' | 'Voice';
    template: string;
    parameters: Record<string, string>;
    reference: string;
  }): Promise<{ messageId: string }>;
}

export type PersonApplicant = Extract<Applicant, { kind: 'Person' }>;
