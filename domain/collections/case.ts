import * as z from 'zod';
import { LenderType } from '../catalog/lender-type.ts';
import { RestructuringPlan } from '../servicing/restructuring.ts';
import { daysBetween } from '../shared/calendar.ts';
import { DomainEvent } from '../shared/domain-event.ts';
import {
  ApplicationId,
  BusinessDate,
  CaseId,
  Instant,
  LoanId,
  Sha256Hex,
  TaskId,
} from '../shared/primitives.ts';
import { StepAction, StrategyArm } from './strategy.ts';

/** One overdue loan of a case, as it was last read. */
export const CaseLoan = z.object({
  loanId: LoanId,
  applicationId: ApplicationId,
  partnerId: z.string(),
  daysPastDue: z.int().min(0),
  asOf: BusinessDate,
  bucket: z.string(),
  overdueFen: z.int(),
  outstandingPrincipalFen: z.int(),
  segment: z.string(),
  grade: z.string().optional(),
  hasGuarantor: z.boolean(),
});
export type CaseLoan = z.infer<typeof CaseLoan>;

/** A promise to pay. Kept or broken by what arrives, never by what anybody says. */
export const PromiseToPay = z.object({
  promiseId: z.string(),
  status: z.enum(['Open', 'Kept', 'Broken', 'Lapsed']),
  amountFen: z.int().positive(),
  dueOn: BusinessDate,
  madeOn: BusinessDate,
  receivedFen: z.int().min(0),
  madeTo: z.string(),
});
export type PromiseToPay = z.infer<typeof PromiseToPay>;

/** New terms of one loan on their way through servicing: asked for in a task, then offered to the borrower until a date. */
export const ReliefRequest = z.object({
  loanId: LoanId,
  taskId: TaskId,
  offeredUntil: BusinessDate.optional(),
});
export type ReliefRequest = z.infer<typeof ReliefRequest>;

/** Why nothing is done for the moment, and by when somebody must have answered. */
export const Pause = z.object({
  pauseId: z.string(),
  /** Restructuring follows on a hardship that was granted: servicing and the borrower agree on new terms. */
  kind: z.enum(['Hardship', 'Dispute', 'Complaint', 'Restructuring']),
  since: BusinessDate,
  answerBy: BusinessDate,
  complexity: z.enum(['Plain', 'Complex', 'Special']).default('Plain'),
  /** Of a dispute about single loans; without it the whole case rests. */
  loanIds: z.array(LoanId).optional(),
  /** Of hardship: what the debtor asks to be changed. */
  plan: RestructuringPlan.optional(),
  /** Of a restructuring: what servicing was asked for. */
  requests: z.array(ReliefRequest).max(50).optional(),
  /** Who wrote it down; they do not decide it. */
  recordedBy: z.string().optional(),
  reason: z.string(),
  evidence: z.array(z.string()),
});
export type Pause = z.infer<typeof Pause>;

/** The debtor hears of an agency before it may do anything. */
export const Assignment = z.object({
  agencyId: z.string(),
  agencyVersion: z.int(),
  assignedOn: BusinessDate,
  assignedBy: z.string(),
  /** When the debtor was told; until then the agency may not contact anybody. */
  noticedAt: Instant.optional(),
});
export type Assignment = z.infer<typeof Assignment>;

export const PendingStep = z.object({
  number: z.int(),
  stepId: z.string(),
  action: StepAction,
  scriptId: z.string().optional(),
  costFen: z.int(),
  chosenAt: Instant,
  tries: z.int(),
});
export type PendingStep = z.infer<typeof PendingStep>;

export const CloseReason = z.enum([
  'Cured',
  'Settled',
  'Restructured',
  'Compensated',
  'WrittenOff',
  'LegalAction',
  'Transferred',
]);
export type CloseReason = z.infer<typeof CloseReason>;

/** Everything that is overdue of one borrower with one lender: record `case#<lenderId>` of the borrower's collection. */
export const CollectionCase = z.object({
  borrowerKey: z.string().min(1),
  record: z.string().regex(/^case#/),
  caseId: CaseId,
  version: z.int().min(1),
  status: z.enum(['Open', 'Closed']),
  closedBecause: CloseReason.optional(),
  lenderId: z.string(),
  lenderType: LenderType,
  /** Rises with every new default: the ladder begins anew. */
  opening: z.int().min(1),
  /** Rises when the workflow goes on under a new execution. */
  run: z.int().min(1),
  runSince: Instant,
  openedAt: Instant,
  closedAt: Instant.optional(),
  strategyId: z.string(),
  strategyVersion: z.int(),
  arm: StrategyArm.shape.arm,
  loans: z.array(CaseLoan).max(50),
  /** How many steps were chosen in this opening. */
  stepCount: z.int().min(0),
  steps: z.record(z.string(), z.object({ count: z.int(), lastOn: BusinessDate })),
  pending: PendingStep.optional(),
  /** Nothing before this instant: a provider was down, or a limit was reached. */
  notBefore: Instant.optional(),
  /** Whom the payments are credited to. */
  lastStep: z.object({ stepId: z.string(), action: StepAction, on: BusinessDate }).optional(),
  promises: z.array(PromiseToPay).max(100),
  pauses: z.array(Pause).max(20),
  assignment: Assignment.optional(),
  /** Who has said who they are; the first words of everybody else are to say so. */
  introducedBy: z.array(z.string()),
  /** Loans whose claim was handed on, to a court or a buyer, with the day: their old default is not collected twice. */
  handedOn: z.record(LoanId, BusinessDate).default({}),
  receipts: z
    .array(
      z.object({
        paymentId: z.string(),
        amountFen: z.int(),
        valueDate: BusinessDate,
        stepId: z.string().optional(),
      }),
    )
    .max(400),
  receivedFen: z.int(),
  costFen: z.int(),
  applied: z.record(z.string(), Sha256Hex),
  event: DomainEvent,
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type CollectionCase = z.infer<typeof CollectionCase>;

/** The record of a lender's case in the collection of a borrower: one can exist, so there is one. */
export function caseRecordOf(lenderId: string): string {
  return `case#${lenderId}`;
}

/** What is overdue in all; a disputed loan is not asked for. */
export function collectableFen(collectionCase: CollectionCase): number {
  return collectableLoans(collectionCase).reduce((sum, { overdueFen }) => sum + overdueFen, 0);
}

/** The loans nobody disputes. */
export function collectableLoans({ loans, pauses }: CollectionCase): readonly CaseLoan[] {
  const disputed = new Set(pauses.flatMap(({ loanIds }) => loanIds ?? []));
  return loans.filter(({ loanId }) => !disputed.has(loanId));
}

/** The worst of the loans that may be asked for, on a date: days past due rise by one a day from the day they were read. */
export function daysPastDueOn(collectionCase: CollectionCase, date: string): number {
  const days = collectableLoans(collectionCase).map(
    ({ daysPastDue, asOf }) => daysPastDue + Math.max(0, daysBetween(asOf, date)),
  );
  return Math.max(0, ...days);
}

/** Whether nothing may be asked for at all: everything is under an open question. */
export function isResting({ loans, pauses }: Pick<CollectionCase, 'loans' | 'pauses'>): boolean {
  if (pauses.some(({ loanIds }) => loanIds === undefined)) return true;
  const disputed = new Set(pauses.flatMap(({ loanIds }) => loanIds ?? []));
  return loans.length > 0 && loans.every(({ loanId }) => disputed.has(loanId));
}
