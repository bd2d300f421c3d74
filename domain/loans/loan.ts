import * as z from 'zod';
import { Participation } from '../applications/application.ts';
import {
  AnnualRate,
  ApplicationId,
  BusinessDate,
  Instant,
  LoanId,
  RepaymentMethod,
  Sha256Hex,
} from '../shared/primitives.ts';

/** The loan after (or on its way to) payout: record `loan` of the item collection of one loan. */
export const Loan = z.object({
  loanId: LoanId,
  record: z.literal('loan'),
  version: z.int().min(1),
  /** Paying: money is on its way. Active: the bank paid. PayFailed: the bank definitely did not. Cancelled: given up. */
  status: z.enum(['Paying', 'Active', 'PayFailed', 'Cancelled']),
  applicationId: ApplicationId,
  partnerId: z.string(),
  borrowerKey: z.string(),
  contractNumber: z.string(),
  productId: z.string(),
  productVersion: z.int(),
  principalFen: z.int().positive(),
  annualRate: AnnualRate,
  termMonths: z.int(),
  repaymentMethod: RepaymentMethod,
  participations: z.array(Participation),
  payoutRef: z.string(),
  payoutNumber: z.int().min(1),
  scheduleVersion: z.int(),
  disbursedOn: BusinessDate.optional(),
  maturesOn: BusinessDate.optional(),
  outstandingPrincipalFen: z.int(),
  /** Next business date on which anything must happen; with dueShard it makes the Due index sparse. */
  actOn: BusinessDate.optional(),
  dueShard: z.string().optional(),
  createdAt: Instant,
  event: z.unknown().optional(),
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type Loan = z.infer<typeof Loan>;

/** Record `schedule#<version>`: the rows as they were when that version came into force. */
export const LoanSchedule = z.object({
  loanId: LoanId,
  record: z.string().regex(/^schedule#\d{4}$/),
  rows: z.array(
    z.object({
      number: z.int(),
      dueOn: BusinessDate,
      principalFen: z.int(),
      interestFen: z.int(),
      feeFen: z.int(),
      totalFen: z.int(),
      outstandingFen: z.int(),
    }),
  ),
});
export type LoanSchedule = z.infer<typeof LoanSchedule>;

/** Record `entry#<sequence>`: one immutable journal entry; its legs sum to zero. */
export const JournalEntry = z.object({
  loanId: LoanId,
  record: z.string().regex(/^entry#\d{6}$/),
  entryType: z.enum(['Disbursement']),
  valueDate: BusinessDate,
  postedAt: Instant,
  reference: z.string(),
  legs: z.array(z.object({ account: z.string(), amountFen: z.int() })).min(2),
});
export type JournalEntry = z.infer<typeof JournalEntry>;
