import type { PaymentRecord } from '../servicing/loan-records.ts';
import { receiptIdOf } from '../shared/ids.ts';
import type { AuditFinding } from './finding.ts';

/** The collection account as the bank itself keeps it. */
export interface BankCollections {
  /** What was fetched from borrowers, and how often under one reference. */
  readonly debits: readonly BankMovement[];
  readonly receipts: readonly BankReceipt[];
  readonly refunds: readonly BankMovement[];
}

export interface BankMovement {
  readonly reference: string;
  readonly amountFen: number;
  readonly count: number;
}

export interface BankReceipt {
  readonly receiptId: string;
  readonly amountFen: number;
  /** Whether the platform heard of it. */
  readonly isDelivered: boolean;
  readonly isReturned: boolean;
}

/** One payment as a loan's collection has it. */
export type PostedPayment = Pick<PaymentRecord, 'loanId' | 'reference' | 'channel'> & {
  readonly receiptId?: string | undefined;
  readonly amountFen: number;
  readonly isReversed: boolean;
};

export interface CollectionBooks {
  readonly bank: BankCollections;
  readonly payments: readonly PostedPayment[];
  /** Money that waits in suspense. */
  readonly suspended: readonly { readonly bankId: string; readonly amountFen: number }[];
  /** What the journals of all loans say was received and not paid back: bank clearing and suspense together. */
  readonly heldFen: number;
}

/**
 * Judges our books by the bank's: all money it fetched or received is posted exactly once or waits in suspense, nothing is
 * posted that it does not know, nothing was fetched twice, and both come to the same fen.
 */
export function auditCollections(books: CollectionBooks): AuditFinding[] {
  return [...fetchedTwice(books), ...unposted(books), ...invented(books), ...totals(books)];
}

function fetchedTwice({ bank }: CollectionBooks): AuditFinding[] {
  return [...bank.debits, ...bank.refunds]
    .filter(({ count }) => count > 1)
    .map(({ reference, count }) => ({
      invariant: 'I4',
      subjectId: reference,
      because: `the bank moved the money ${count} times`,
    }));
}

/** Whether a finding is about money that the bank has and that stands nowhere with us, as after a restore. */
export function isMoneyMissing({ invariant, because }: AuditFinding): boolean {
  return invariant === 'I6' && because.endsWith(NOWHERE);
}

const NOWHERE = 'stand nowhere';

/** Money the bank has and told us of: where is it? */
function unposted({ bank, payments, suspended }: CollectionBooks): AuditFinding[] {
  const places = new Map<string, number[]>();
  const place = (reference: string, amountFen: number) =>
    places.set(reference, [...(places.get(reference) ?? []), amountFen]);
  for (const payment of payments)
    if (!payment.isReversed) place(moneyOf(payment), payment.amountFen);
  for (const { bankId, amountFen } of suspended) place(receiptIdOf(bankId), amountFen);
  const received = bank.receipts
    .filter((receipt) => isHeard(receipt, (money) => places.has(money)))
    .map(({ receiptId, amountFen }) => ({
      reference: receiptId,
      money: receiptIdOf(receiptId),
      amountFen,
    }));
  const fetched = bank.debits
    .filter(({ count }) => count > 0)
    .map(({ reference, amountFen }) => ({ reference, money: reference, amountFen }));
  return [...received, ...fetched].flatMap(({ reference, money, amountFen }): AuditFinding[] => {
    const found = places.get(money) ?? [];
    if (found.length === 1 && found[0] === amountFen) return [];
    const because =
      found.length === 0
        ? `${amountFen} fen arrived and ${NOWHERE}`
        : `${amountFen} fen arrived and stand as ${found.join(' and ')}`;
    return [{ invariant: 'I6', subjectId: reference, because }];
  });
}

/** Money that stands in a loan and that the bank does not know. */
function invented({ bank, payments }: CollectionBooks): AuditFinding[] {
  const known = new Set([
    ...bank.debits.map(({ reference }) => reference),
    ...bank.receipts.map(({ receiptId }) => receiptIdOf(receiptId)),
  ]);
  return payments
    .filter((payment) => !payment.isReversed && !known.has(moneyOf(payment)))
    .map(({ loanId, reference, channel }) => ({
      invariant: 'I6',
      subjectId: loanId,
      because: `payment ${reference} (${channel}) never reached the bank`,
    }));
}

/** Which money a payment is: a receipt, which may have been assigned more than once, or what was fetched by a debit. */
function moneyOf({ receiptId, reference }: PostedPayment): string {
  return receiptId ?? reference;
}

/** Money that ought to stand with us: the bank told us of it, or a partner did before the bank. */
function isHeard(
  { receiptId, isDelivered, isReturned }: CollectionBooks['bank']['receipts'][number],
  stands: (money: string) => boolean,
): boolean {
  return !isReturned && (isDelivered || stands(receiptIdOf(receiptId)));
}

function totals({ bank, payments, suspended, heldFen }: CollectionBooks): AuditFinding[] {
  const standing = new Set([
    ...payments.filter(({ isReversed }) => !isReversed).map(moneyOf),
    ...suspended.map(({ bankId }) => receiptIdOf(bankId)),
  ]);
  const heard = bank.receipts.filter((receipt) => isHeard(receipt, (money) => standing.has(money)));
  const bankFen =
    sum(heard.map(({ amountFen }) => amountFen)) +
    sum(bank.debits.map(({ amountFen, count }) => amountFen * count)) -
    sum(bank.refunds.map(({ amountFen, count }) => amountFen * count));
  const oursFen = heldFen + sum(suspended.map(({ amountFen }) => amountFen));
  if (oursFen === bankFen) return [];
  const because = `our journals hold ${oursFen} fen, the bank's books ${bankFen}`;
  return [{ invariant: 'I1', subjectId: 'collection-account', because }];
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amountFen) => total + amountFen, 0);
}
