import * as z from 'zod';
import { LoanEvent } from '../lending/servicing/loan-event.ts';
import { Instant, LoanId, Sha256Hex } from '../shared/primitives.ts';

/** How money reached us. */
export const PaymentChannel = z.enum(['Partner', 'Operator', 'BankNotice', 'Debit']);
export type PaymentChannel = z.infer<typeof PaymentChannel>;

const written = {
  loanId: LoanId,
  /** The place among the events of the loan, from 1. */
  sequence: z.int().min(1),
  actor: z.string(),
  postedAt: Instant,
  /** Which API request made it: idempotency mark and digest of the body. */
  applied: z.object({ mark: Sha256Hex, bodyHash: Sha256Hex }).optional(),
};

/** Record `payment#<paymentId>`: money received, written once. A reversal is another record. */
export const PaymentRecord = z.object({
  ...written,
  record: z.string().startsWith('payment#'),
  loanEvent: LoanEvent.options[0],
  channel: PaymentChannel,
  /** Under which the bank, or whoever reported it, knows the money. */
  reference: z.string().min(1).max(100),
  /** The receipt its money came with; a debit has none. */
  receiptId: z.string().optional(),
});
export type PaymentRecord = z.infer<typeof PaymentRecord>;

/** Record `change#<changeId>`: anything else that happened to the loan after payout, written once. */
export const ChangeRecord = z.object({
  ...written,
  record: z.string().startsWith('change#'),
  loanEvent: LoanEvent,
  reason: z.string().max(500).optional(),
  /** The second person, where one was needed. */
  approvedBy: z.string().optional(),
});
export type ChangeRecord = z.infer<typeof ChangeRecord>;
