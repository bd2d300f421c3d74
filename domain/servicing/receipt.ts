import * as z from 'zod';
import { changeAggregate, startAggregate } from '../shared/change-aggregate.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { paymentIdOf, receiptIdOf } from '../shared/ids.ts';
import { AmountFen, BusinessDate, Instant, LoanId, Sha256Hex } from '../shared/primitives.ts';
import { accounts } from './chart-of-accounts.ts';

/** Why money waits in suspense. */
export const SuspenseReason = z.enum([
  'UnknownLoan',
  'NotPaidOut',
  'PaymentRefused',
  'PaymentReversed',
  /** The bank says something else of money that was reported and posted before. */
  'ContradictsReport',
]);
export type SuspenseReason = z.infer<typeof SuspenseReason>;

/**
 * Money that reached the collection account, by the bank's id of it: record `receipt`. It is posted to a loan, waits in
 * suspense, or was returned; nothing else can become of it (I6).
 */
export const Receipt = z.object({
  receiptId: z.string(),
  record: z.literal('receipt'),
  version: z.int().min(1),
  state: z.enum(['Posted', 'Suspended', 'Returned']),
  /** The bank's id of the money. */
  bankId: z.string().min(1).max(100),
  amountFen: AmountFen,
  valueDate: BusinessDate,
  receivedAt: Instant,
  /** Who reported it first. */
  reportedBy: z.string(),
  /** When the bank itself reported it; a partner's word alone is to be reconciled. */
  confirmedAt: Instant.optional(),
  loanId: LoanId.optional(),
  suspendedBecause: SuspenseReason.optional(),
  /** Present only in suspense: the list of it, and what a loan may be found by. */
  queue: z.literal('Suspense').optional(),
  matchKey: z.string().optional(),
  event: z.unknown().optional(),
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type Receipt = z.infer<typeof Receipt>;

/** Record `entry#000001` of a receipt: the money is in the books before it is known whose it is. */
export const SuspenseEntry = z.object({
  receiptId: z.string(),
  record: z.literal('entry#000001'),
  entryType: z.literal('Suspense'),
  valueDate: BusinessDate,
  postedAt: Instant,
  reference: z.string(),
  legs: z.array(z.object({ account: z.string(), amountFen: z.int() })).min(2),
});
export type SuspenseEntry = z.infer<typeof SuspenseEntry>;

/** What somebody says about money that arrived. */
export interface ReceiptReport {
  readonly bankId: string;
  readonly amountFen: number;
  readonly valueDate: string;
  readonly actor: string;
  /** The bank's own word. */
  readonly isConfirmed: boolean;
  readonly at: string;
}

/** Money that is posted to a loan as it arrives. */
export function receivePosted(report: ReceiptReport, loanId: string): Receipt {
  return receive(report, { state: 'Posted', loanId }, { type: 'ReceiptPosted', facts: { loanId } });
}

/** Money that nobody can be credited with yet, and its entry in the books. */
export function receiveSuspended(
  report: ReceiptReport,
  suspense: { readonly because: SuspenseReason; readonly matchKey: string | undefined },
): { readonly receipt: Receipt; readonly entry: SuspenseEntry } {
  const { because, matchKey } = suspense;
  const receipt = receive(
    report,
    { state: 'Suspended', ...inSuspense(because, matchKey) },
    { type: 'ReceiptSuspended', facts: { because } },
  );
  const { receiptId, amountFen, valueDate } = receipt;
  const entry: SuspenseEntry = {
    receiptId,
    record: 'entry#000001',
    entryType: 'Suspense',
    valueDate,
    postedAt: report.at,
    reference: receiptId,
    legs: [
      { account: accounts.bank, amountFen },
      { account: accounts.suspense, amountFen: -amountFen },
    ],
  };
  return { receipt, entry };
}

function receive(
  { bankId, amountFen, valueDate, actor, isConfirmed, at }: ReceiptReport,
  facts: Pick<Receipt, 'state' | 'loanId' | 'suspendedBecause' | 'queue' | 'matchKey'>,
  event: { readonly type: string; readonly facts: Readonly<Record<string, unknown>> },
): Receipt {
  const receiptId = receiptIdOf(bankId);
  return startAggregate(
    receiptId,
    {
      receiptId,
      record: 'receipt' as const,
      bankId,
      amountFen,
      valueDate,
      receivedAt: at,
      reportedBy: actor,
      ...(isConfirmed ? { confirmedAt: at } : {}),
      ...facts,
    },
    {
      type: event.type,
      at,
      actor,
      facts: { receiptId, amountFen, valueDate, ...event.facts },
    },
  );
}

/** Suspended money whose loan is known now. */
export function assignReceipt(
  receipt: Receipt,
  assignment: { readonly loanId: string; readonly actor: string; readonly at: string },
): Receipt {
  if (receipt.state !== 'Suspended')
    throw new InvalidTransition(`receipt ${receipt.receiptId} is ${receipt.state}`);
  const { loanId, actor, at } = assignment;
  const assigned = { ...receipt };
  delete assigned.queue;
  delete assigned.matchKey;
  delete assigned.suspendedBecause;
  return changeAggregate(assigned, {
    subjectId: receipt.receiptId,
    patch: { state: 'Posted', loanId },
    event: {
      type: 'ReceiptAssigned',
      at,
      actor,
      facts: { ...idsOf(receipt), loanId, paymentId: paymentIdOf(receipt.bankId) },
    },
  });
}

/** The money of a payment that was reversed: back in suspense, or back with whoever paid it. */
export function unassignReceipt(
  receipt: Receipt,
  to: { readonly moneyTo: 'Suspense' | 'Payer'; readonly actor: string; readonly at: string },
): Receipt {
  if (receipt.state !== 'Posted')
    throw new InvalidTransition(`receipt ${receipt.receiptId} is ${receipt.state}`);
  const { moneyTo, actor, at } = to;
  const isKept = moneyTo === 'Suspense';
  const free = { ...receipt };
  delete free.loanId;
  return changeAggregate(free, {
    subjectId: receipt.receiptId,
    patch: isKept
      ? { state: 'Suspended', ...inSuspense('PaymentReversed', undefined) }
      : { state: 'Returned' },
    event: {
      type: isKept ? 'ReceiptSuspended' : 'ReceiptReturned',
      at,
      actor,
      facts: { ...idsOf(receipt), ...(isKept ? { because: 'PaymentReversed' } : {}) },
    },
  });
}

/** The bank reports money that somebody reported before, and says the same of it. */
export function confirmReceipt(
  receipt: Receipt,
  by: { readonly actor: string; readonly at: string },
): Receipt {
  return changeAggregate(receipt, {
    subjectId: receipt.receiptId,
    patch: { confirmedAt: by.at },
    event: { type: 'ReceiptConfirmed', ...by, facts: idsOf(receipt) },
  });
}

function inSuspense(
  suspendedBecause: SuspenseReason,
  matchKey: string | undefined,
): Pick<Receipt, 'suspendedBecause' | 'queue' | 'matchKey'> {
  return {
    suspendedBecause,
    queue: 'Suspense',
    ...(matchKey === undefined ? {} : { matchKey }),
  };
}

function idsOf({ receiptId, amountFen, valueDate }: Receipt) {
  return { receiptId, amountFen, valueDate };
}

const loanName = /loan_[0-9A-HJKMNP-TV-Z]{26}|ZD-[0-9A-HJKMNP-TV-Z]{16}/;

/** The loan id or contract number a payer wrote into a remark; the rest of the remark is nobody's business. */
export function matchKeyOf(remark: string | undefined): string | undefined {
  return remark === undefined ? undefined : loanName.exec(remark)?.[0];
}
