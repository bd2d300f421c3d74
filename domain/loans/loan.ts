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

/** Days past due in steps of thirty: M0 is current, M7 more than 180 days. */
export const Bucket = z.enum(['M0', 'M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M7']);

/** 正常 关注 次级 可疑 损失. */
export const AssetClass = z.enum(['Normal', 'Attention', 'Substandard', 'Doubtful', 'Loss']);

/** What was approved, and what it was priced from: the sheet is made again from these and must hash the same. */
const RestructuringOffer = z.object({
  plan: z.object({
    moreInstallments: z.int().optional(),
    holidayPeriods: z.int().optional(),
    annualRate: AnnualRate.optional(),
    isPastDuePrincipalSpread: z.boolean(),
    isInstallmentKept: z.boolean(),
  }),
  reason: z.string(),
  requestedBy: z.string(),
  approvedBy: z.string(),
  sheetHash: Sha256Hex,
  pricedOn: BusinessDate,
  offeredAt: Instant,
  expiresOn: BusinessDate,
  eventSequence: z.int(),
  /** When the borrower said no. */
  refusedAt: Instant.optional(),
});

/** What the guarantor of a loan was asked for. Accepted is a word; Paid is money. */
export const Compensation = z.object({
  /** Under which the guarantor knows the claim, and its transfer names it. */
  reference: z.string().min(1),
  guarantorId: z.string().min(1),
  status: z.enum(['Asked', 'Accepted', 'Refused', 'Paid']),
  amountFen: z.int().positive(),
  asOf: BusinessDate,
  /** What had happened to the loan by then: the amount is right while nothing else does. */
  eventSequence: z.int(),
  approvedBy: z.array(z.string()),
  paidOn: BusinessDate.optional(),
  receiptId: z.string().optional(),
});
export type Compensation = z.infer<typeof Compensation>;

/** The claim was handed to somebody who took it over. */
const ClaimTransfer = z.object({
  buyerId: z.string().min(1),
  transferredOn: BusinessDate,
  approvedBy: z.array(z.string()),
  eventSequence: z.int(),
});

/** The loan after (or on its way to) payout: record `loan` of the item collection of one loan. */
export const Loan = z.object({
  loanId: LoanId,
  record: z.literal('loan'),
  version: z.int().min(1),
  /**
   * Paying: money is on its way. Active: the bank paid. PayFailed: the bank definitely did not. Cancelled: given up.
   * Settled: nothing is owed any more. WrittenOff: what is owed was given up; what comes in later is a recovery.
   */
  status: z.enum(['Paying', 'Active', 'PayFailed', 'Cancelled', 'Settled', 'WrittenOff']),
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
  /** Overpaid and not paid back: the borrower's. */
  creditFen: z.int().min(0).default(0),
  /** Overpayment that was paid back. */
  refundedFen: z.int().min(0).default(0),
  /** How many events (payments and changes) and journal entries the collection holds: a reader that counts fewer reads again. */
  eventSequence: z.int().min(0).default(0),
  entrySequence: z.int().min(0).default(0),
  /** Since when the loan is marked overdue; absent while it is not. */
  overdueSince: BusinessDate.optional(),
  /** Bucket and class as last announced. */
  bucket: Bucket.default('M0'),
  assetClass: AssetClass.default('Normal'),
  /** The last business date the day close has closed for this loan. */
  lastClosedOn: BusinessDate.optional(),
  /** When the borrower is to be visited next, and how many visits were planned so far. */
  nextVisitOn: BusinessDate.optional(),
  visitNumber: z.int().min(1).optional(),
  /** When its first installment was found so late that the loan counts as a first-payment default; it stays one. */
  firstPaymentDefaultedOn: BusinessDate.optional(),
  /** The date of maturity that passed with something still owed; an extension sets a later one. */
  maturedOn: BusinessDate.optional(),
  /** A restructuring that was approved and that the borrower has to confirm. */
  restructuringOffer: RestructuringOffer.optional(),
  /** Of a guaranteed loan: the claim on the guarantor, the last one there was. */
  compensation: Compensation.optional(),
  /** Whose the claim is, once it was sold. */
  transfer: ClaimTransfer.optional(),
  /** The funder that leads: what the index by funder lists. */
  funderId: z.string().optional(),
  /** Next business date on which anything must happen; with dueShard it makes the Due index sparse. */
  actOn: BusinessDate.optional(),
  dueShard: z.string().optional(),
  createdAt: Instant,
  event: z.unknown().optional(),
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type Loan = z.infer<typeof Loan>;

/** The books of a loan before any money moved. */
export const nothingBooked = {
  outstandingPrincipalFen: 0,
  creditFen: 0,
  refundedFen: 0,
  eventSequence: 0,
  entrySequence: 0,
  bucket: 'M0',
  assetClass: 'Normal',
} as const;

/** A loan whose money is out or was: only these have an account. */
export const disbursedStatuses: readonly Loan['status'][] = ['Active', 'Settled', 'WrittenOff'];

/** One installment of a plan, and the principal that is left after it. */
export const ScheduleRow = z.object({
  number: z.int(),
  dueOn: BusinessDate,
  principalFen: z.int(),
  interestFen: z.int(),
  feeFen: z.int(),
  totalFen: z.int(),
  outstandingFen: z.int(),
});

/** Record `schedule#<version>`: the rows as they were when that version came into force. */
export const LoanSchedule = z.object({
  loanId: LoanId,
  record: z.string().regex(/^schedule#\d{4}$/),
  rows: z.array(ScheduleRow),
});
export type LoanSchedule = z.infer<typeof LoanSchedule>;

/** Record `entry#<sequence>`: one immutable journal entry; its legs sum to zero, a debit is positive. */
export const JournalEntry = z.object({
  loanId: LoanId,
  record: z.string().regex(/^entry#\d{6}$/),
  entryType: z.enum([
    'Disbursement',
    'Payment',
    'Reversal',
    'Refund',
    'Charge',
    'Restructuring',
    'WriteOff',
    'Compensation',
    'Transfer',
  ]),
  valueDate: BusinessDate,
  postedAt: Instant,
  reference: z.string(),
  legs: z.array(z.object({ account: z.string(), amountFen: z.int() })).min(2),
});
export type JournalEntry = z.infer<typeof JournalEntry>;
