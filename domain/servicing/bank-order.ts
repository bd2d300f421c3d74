import * as z from 'zod';
import { changeAggregate, startAggregate } from '../shared/change-aggregate.ts';
import { contentHashOf } from '../shared/content-hash.ts';
import { BusinessDate, Instant, LoanId, Sha256Hex } from '../shared/primitives.ts';

export const BankOrderKind = z.enum(['Debit', 'Refund']);
export type BankOrderKind = z.infer<typeof BankOrderKind>;

/**
 * One thing the bank is asked to do for a loan after payout: record `debit#<dueOn>` (collect what is due) or
 * `refund#<number>` (pay an overpayment back). Written before the bank is asked and never deleted, like a payout:
 * Intent → Sending → Paid | Refused | Unknown → Sending … A debit that leaves something open waits for its next try, which
 * is another instruction under another reference.
 */
export const BankOrder = z.object({
  loanId: LoanId,
  record: z.string().regex(/^(debit#\d{4}-\d{2}-\d{2}|refund#\d{4})$/),
  version: z.int().min(1),
  kind: BankOrderKind,
  state: z.enum(['Intent', 'Sending', 'Unknown', 'Waiting', 'Paid', 'Refused']),
  /** Deterministic: made from loan, record and try. Never random, never reused for another instruction. */
  reference: z.string(),
  tryNumber: z.int().min(1),
  /** Fencing token: rises with every claim. */
  attempt: z.int().min(1),
  /** What this try asks for, and what all tries together moved. */
  amountFen: z.int().positive(),
  movedFen: z.int().min(0),
  /** Digest of kind, amount and account: the same reference can never carry another instruction. */
  bodyHash: Sha256Hex,
  createdAt: Instant,
  claimedAt: Instant.optional(),
  nextTryOn: BusinessDate.optional(),
  valueDate: BusinessDate.optional(),
  bankReference: z.string().optional(),
  refusedBecause: z.string().optional(),
  requestedBy: z.string(),
  reason: z.string().optional(),
  /** Which API request asked for it: the same request is the same order. */
  request: z.string().optional(),
  /** Only while it is with the bank: the shard of the due index that the sweep looks at. */
  dueShard: z.string().optional(),
  actOn: BusinessDate.optional(),
  event: z.unknown().optional(),
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type BankOrder = z.infer<typeof BankOrder>;

/** The shard of the due index with the orders that are with the bank: few, and looked at every minute. */
export const ORDER_SHARD = 'orders';

const openStates: readonly BankOrder['state'][] = ['Intent', 'Sending', 'Unknown'];

/** Whether nobody knows yet what became of the present try. */
export function isWithBank({ state }: BankOrder): boolean {
  return openStates.includes(state);
}

export interface OrderIntent {
  readonly loanId: string;
  readonly record: string;
  readonly kind: BankOrderKind;
  readonly amountFen: number;
  /** Blind index of the account number: the instruction is bound to it without naming it. */
  readonly accountKey: string;
  readonly requestedBy: string;
  readonly reason?: string;
  readonly request?: string;
  /** The business date on which it is made. */
  readonly on: string;
  readonly at: string;
}

/** The intent, before the bank hears of it: the first try, or after a definite outcome the next one. */
export function intendOrder(intent: OrderIntent, previous?: BankOrder): BankOrder {
  const { loanId, record, kind, amountFen, requestedBy, on, at } = intent;
  const tryNumber = (previous?.tryNumber ?? 0) + 1;
  const reference = orderReferenceOf(loanId, record, tryNumber);
  const facts = {
    state: 'Intent' as const,
    reference,
    tryNumber,
    amountFen,
    bodyHash: orderBodyHash(intent),
    dueShard: ORDER_SHARD,
    actOn: on,
  };
  const event = {
    type: `${kind}Intended`,
    at,
    actor: requestedBy,
    facts: { loanId, record, reference, tryNumber, amountFen },
  };
  if (previous === undefined)
    return startAggregate(
      subjectOf(intent),
      {
        loanId,
        record,
        kind,
        ...facts,
        attempt: 1,
        movedFen: 0,
        createdAt: at,
        requestedBy,
        ...(intent.reason === undefined ? {} : { reason: intent.reason }),
        ...(intent.request === undefined ? {} : { request: intent.request }),
      },
      event,
    );
  const again = { ...previous };
  delete again.nextTryOn;
  delete again.claimedAt;
  delete again.refusedBecause;
  return changeAggregate(again, { subjectId: subjectOf(intent), patch: facts, event });
}

/** What a reference stands for. */
export function orderBodyHash(
  intent: Pick<OrderIntent, 'kind' | 'amountFen' | 'accountKey'>,
): string {
  const { kind, amountFen, accountKey } = intent;
  return contentHashOf({ kind, amountFen, accountKey });
}

/** The chain an order is audited under: its own, beside that of its loan. */
export function subjectOf({ loanId, record }: Pick<BankOrder, 'loanId' | 'record'>): string {
  return `${loanId}/${record}`;
}

/** `D` or `R`, the tail of the loan id, the due date or number, and the try: a report of the bank finds its order by it. */
export function orderReferenceOf(loanId: string, record: string, tryNumber: number): string {
  const [kind = '', key = ''] = record.split('#');
  const letter = kind === 'debit' ? 'D' : 'R';
  return `${letter}${loanId.slice('loan_'.length)}${key.replaceAll('-', '')}${String(tryNumber).padStart(2, '0')}`;
}

const referencePattern = /^([DR])([0-9A-HJKMNP-TV-Z]{26})(\d{4})(?:(\d{2})(\d{2}))?\d{2}$/;

/** The order a reference belongs to; undefined for a reference that is none of ours. */
export function orderOfReference(
  reference: string,
): { readonly loanId: string; readonly record: string } | undefined {
  const [, letter, tail, first, month, day] = referencePattern.exec(reference) ?? [];
  if (tail === undefined || first === undefined) return undefined;
  const loanId = `loan_${tail}`;
  if (letter === 'R') return { loanId, record: `refund#${first}` };
  if (month === undefined || day === undefined) return undefined;
  return { loanId, record: `debit#${first}-${month}-${day}` };
}

export type OrderClaim =
  | { readonly outcome: 'Claimed'; readonly order: BankOrder; readonly mustQuery: boolean }
  | { readonly outcome: 'Busy' }
  | { readonly outcome: 'Settled' };

interface ClaimTime {
  readonly at: string;
  readonly staleAfterSeconds: number;
}

/** Takes an order for one attempt; the version written here is the fence of everything the attempt writes later. */
export function claimOrder(order: BankOrder, time: ClaimTime): OrderClaim {
  if (!isWithBank(order)) return { outcome: 'Settled' };
  if (order.state === 'Sending' && !isStale(order, time)) return { outcome: 'Busy' };
  const attempt = order.attempt + 1;
  const { reference } = order;
  const claimed = changeAggregate(order, {
    subjectId: subjectOf(order),
    patch: { state: 'Sending', attempt, claimedAt: time.at },
    event: {
      type: `${order.kind}Claimed`,
      at: time.at,
      actor: 'workflow',
      facts: { ...idsOf(order), reference, attempt },
    },
  });
  return { outcome: 'Claimed', order: claimed, mustQuery: order.state !== 'Intent' };
}

function isStale({ claimedAt }: BankOrder, { at, staleAfterSeconds }: ClaimTime): boolean {
  if (claimedAt === undefined) return true;
  return Date.parse(at) - Date.parse(claimedAt) >= staleAfterSeconds * 1000;
}

/** The bank gave no definite answer to this attempt. Unknown is not failed. */
export function markOrderUnknown(
  order: BankOrder,
  unknown: { readonly at: string; readonly because: string },
): BankOrder {
  const { reference, attempt } = order;
  return changeAggregate(order, {
    subjectId: subjectOf(order),
    patch: { state: 'Unknown' },
    event: {
      type: `${order.kind}Unknown`,
      at: unknown.at,
      actor: 'workflow',
      facts: { ...idsOf(order), reference, attempt, because: unknown.because },
    },
  });
}

/** The ids every event of an order says. */
export function idsOf({ loanId, record }: BankOrder) {
  return { loanId, record };
}
