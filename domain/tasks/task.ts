import * as z from 'zod';
import { InvalidInput } from '../shared/errors.ts';
import { ApplicationId, Instant, Sha256Hex, TaskId } from '../shared/primitives.ts';

/** Work queues for people. Who may work which is in `queueRoles`. */
export const Queue = z.enum([
  'DocumentReview',
  'CreditReview',
  'Approval',
  'PayoutReview',
  'DecisionReview',
  'Collection',
  'FieldVisit',
  'Relief',
  'Disposal',
  'Supervisor',
  'FollowUp',
  'Collateral',
  'ModelReview',
]);
export type Queue = z.infer<typeof Queue>;

export const OperatorRole = z.enum([
  'Reviewer',
  'CreditAnalyst',
  'Approver',
  'Collector',
  'Supervisor',
  'Administrator',
  'Auditor',
]);
export type OperatorRole = z.infer<typeof OperatorRole>;

export const queueRoles: Readonly<Record<Queue, readonly OperatorRole[]>> = {
  DocumentReview: ['Reviewer', 'Supervisor'],
  CreditReview: ['CreditAnalyst', 'Supervisor'],
  Approval: ['Approver', 'Supervisor'],
  PayoutReview: ['Supervisor'],
  DecisionReview: ['Approver', 'Supervisor'],
  Collection: ['Collector', 'Supervisor'],
  FieldVisit: ['Collector', 'Supervisor'],
  /** Hardship, disputes and complaints: never decided by who collects. */
  Relief: ['Approver', 'Supervisor'],
  Disposal: ['Approver', 'Supervisor'],
  Supervisor: ['Supervisor'],
  FollowUp: ['Reviewer', 'Supervisor'],
  Collateral: ['Reviewer', 'Supervisor'],
  ModelReview: ['CreditAnalyst', 'Supervisor'],
};

/** What a person may answer, by kind of task. */
export const TaskOutcome = z.enum([
  'Approve',
  'Reject',
  'RequestMore',
  'Retry',
  'Cancel',
  'ConfirmPaid',
  'ConfirmNotPaid',
  'Uphold',
  'Overturn',
  'Complete',
  'Acknowledge',
]);
export type TaskOutcome = z.infer<typeof TaskOutcome>;

export const TaskKind = z.enum([
  'ReviewDocuments',
  'CheckCreditManually',
  'ApproveApplication',
  'ResolvePayout',
  /** The bank cannot tell us what became of a payout: a person asks it. */
  'ConfirmPayout',
  'ReviewDecision',
  /** A loan is given up without a collection case: a second person agrees. */
  'ApproveLoanWriteOff',
  /** The plan of a loan is to be changed: a second person agrees, then the borrower confirms. */
  'ApproveRestructuring',
  /** Steps of the collection ladder, and the requests of debtors. */
  'CallBorrower',
  'VisitBorrower',
  'ApproveLegalAction',
  'ApproveCompensation',
  'ApproveWriteOff',
  'ApproveTransfer',
  'DecideHardship',
  'AnswerDispute',
  'AnswerComplaint',
  /** A borrower is visited after payout, with a questionnaire. */
  'FollowUpVisit',
  /** A visit found something worrying. */
  'ReviewWarning',
  /** 抵质押登记 before the payout, 注销登记 after the loan. */
  'RegisterCollateral',
  'ReleaseCollateral',
  /** A scorecard no longer fits the people it judges. */
  'ReviewModel',
  /** The LPR of the policy pack has grown old: what is a multiple of it is a guess. */
  'RenewLpr',
  /** Not human work: the workflow waits for the partner or the borrower. Never in a queue. */
  'AwaitDocuments',
  'AwaitSignature',
]);
export type TaskKind = z.infer<typeof TaskKind>;

export const outcomesByKind: Readonly<Record<TaskKind, readonly TaskOutcome[]>> = {
  ReviewDocuments: ['Approve', 'Reject', 'RequestMore'],
  CheckCreditManually: ['Retry', 'Approve', 'Reject'],
  ApproveApplication: ['Approve', 'Reject'],
  ResolvePayout: ['Retry', 'Cancel'],
  ConfirmPayout: ['ConfirmPaid', 'ConfirmNotPaid', 'Retry'],
  ReviewDecision: ['Uphold', 'Overturn'],
  ApproveLoanWriteOff: ['Approve', 'Reject'],
  ApproveRestructuring: ['Approve', 'Reject'],
  // Answered by the outcome form of a case, which records the contact as well.
  CallBorrower: [],
  VisitBorrower: [],
  ApproveLegalAction: ['Approve', 'Reject'],
  ApproveCompensation: ['Approve', 'Reject'],
  ApproveWriteOff: ['Approve', 'Reject'],
  ApproveTransfer: ['Approve', 'Reject'],
  DecideHardship: ['Approve', 'Reject'],
  AnswerDispute: ['Uphold', 'Overturn'],
  AnswerComplaint: ['Uphold', 'Overturn'],
  FollowUpVisit: ['Complete'],
  ReviewWarning: ['Acknowledge'],
  RegisterCollateral: ['Complete', 'Reject'],
  ReleaseCollateral: ['Complete'],
  ReviewModel: ['Acknowledge'],
  RenewLpr: ['Acknowledge'],
  AwaitDocuments: [],
  AwaitSignature: [],
};

export const TaskDecision = z.object({
  outcome: TaskOutcome,
  operatorId: z.string(),
  at: Instant,
  note: z.string().max(2000).optional(),
  reasonCodes: z.array(z.string()),
  documentsRequested: z.array(z.string()),
  /** Chosen answers by question, of a task that asks some. */
  answers: z.record(z.string(), z.string()).optional(),
  contentHash: Sha256Hex,
});
export type TaskDecision = z.infer<typeof TaskDecision>;

/** One piece of human work, or one wait of the workflow for somebody outside. */
export const Task = z.object({
  taskId: TaskId,
  version: z.int().min(1),
  kind: TaskKind,
  status: z.enum(['Open', 'Decided', 'Closed']),
  /** Absent from a task that is about no application: then `about` says what it is about. */
  applicationId: ApplicationId.optional(),
  partnerId: z.string().optional(),
  /** What else the task is about, by name of the id: `caseId`, `pauseId`, `scorecard`. */
  about: z.record(z.string(), z.string()).optional(),
  /** Present only while a person may pick the task up: it makes the Inbox index sparse. */
  queue: Queue.optional(),
  dueAt: Instant,
  remindAt: Instant.optional(),
  remindedAt: Instant.optional(),
  escalatedAt: Instant.optional(),
  openedAt: Instant,
  /** Who must not decide: the maker, and everybody who already approved. */
  excludedOperators: z.array(z.string()),
  approvalsRequired: z.int().min(1).max(2),
  decisions: z.array(TaskDecision),
  assignee: z.string().optional(),
  /** What the person sees (no personal data), and its hash: a decision is bound to it. */
  content: z.record(z.string(), z.unknown()),
  contentHash: Sha256Hex,
  /** The workflow's credential: never leaves this table. */
  taskToken: z.string().optional(),
  event: z.unknown().optional(),
  applied: z.record(z.string(), Sha256Hex),
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type Task = z.infer<typeof Task>;

/** The application a task is about. Throws InvalidInput when it is about something else. */
export function applicationOf({
  applicationId,
  taskId,
}: Pick<Task, 'applicationId' | 'taskId'>): string {
  if (applicationId === undefined) throw new InvalidInput(`task ${taskId} is about no application`);
  return applicationId;
}

/** What the events of a task say it is about. */
export function subjectFactsOf({
  applicationId,
  about,
}: Pick<Task, 'applicationId' | 'about'>): Record<string, string> {
  return { ...(applicationId === undefined ? {} : { applicationId }), ...about };
}
