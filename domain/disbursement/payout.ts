import * as z from 'zod';
import { ApplicationId, BusinessDate, Instant, LoanId, Sha256Hex } from '../shared/primitives.ts';

/**
 * The record of one payment to one payee. It is written before the bank is asked and never deleted.
 * Intent → Sending → Paid | Refused | Unknown → Sending … (reliability §2.3).
 */
export const Payout = z.object({
  /** Deterministic: base32(sha256(loanId | payoutNumber)). Never random, never reused for another amount. */
  payoutRef: z.string(),
  version: z.int().min(1),
  state: z.enum(['Intent', 'Sending', 'Unknown', 'Paid', 'Refused']),
  /** Fencing token: rises with every claim, and every write of an attempt is conditional on it. */
  attempt: z.int().min(1),
  loanId: LoanId,
  applicationId: ApplicationId,
  payoutNumber: z.int().min(1),
  amountFen: z.int().positive(),
  payee: z.enum(['Borrower', 'Supplier']),
  /** Digest of amount and payee account: the same reference can never carry another instruction. */
  bodyHash: Sha256Hex,
  claimedAt: Instant.optional(),
  createdAt: Instant,
  bankReference: z.string().optional(),
  valueDate: BusinessDate.optional(),
  refusedBecause: z.string().optional(),
  event: z.unknown().optional(),
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type Payout = z.infer<typeof Payout>;
