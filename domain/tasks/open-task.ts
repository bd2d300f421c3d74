import { contentHashOf } from '../shared/content-hash.ts';
import { startAggregate } from '../shared/change-aggregate.ts';
import { taskIdOf } from '../shared/ids.ts';
import { subjectFactsOf, type Queue, type Task, type TaskKind } from './task.ts';

/** Where each kind of human work is done, when somebody is reminded, and when it is passed on. */
export const taskPlans: Readonly<
  Record<
    TaskKind,
    { readonly queue?: Queue; readonly remindHours: number; readonly dueHours: number }
  >
> = {
  ReviewDocuments: { queue: 'DocumentReview', remindHours: 4, dueHours: 24 },
  CheckCreditManually: { queue: 'CreditReview', remindHours: 4, dueHours: 24 },
  ApproveApplication: { queue: 'Approval', remindHours: 4, dueHours: 24 },
  ResolvePayout: { queue: 'PayoutReview', remindHours: 1, dueHours: 4 },
  ConfirmPayout: { queue: 'PayoutReview', remindHours: 1, dueHours: 4 },
  ReviewDecision: { queue: 'DecisionReview', remindHours: 24, dueHours: 72 },
  ApproveRestructuring: { queue: 'Relief', remindHours: 24, dueHours: 72 },
  ApproveLoanWriteOff: { queue: 'Disposal', remindHours: 24, dueHours: 72 },
  CallBorrower: { queue: 'Collection', remindHours: 24, dueHours: 48 },
  VisitBorrower: { queue: 'FieldVisit', remindHours: 72, dueHours: 120 },
  ApproveLegalAction: { queue: 'Disposal', remindHours: 72, dueHours: 168 },
  ApproveCompensation: { queue: 'Disposal', remindHours: 24, dueHours: 72 },
  ApproveWriteOff: { queue: 'Disposal', remindHours: 72, dueHours: 168 },
  ApproveTransfer: { queue: 'Disposal', remindHours: 72, dueHours: 168 },
  DecideHardship: { queue: 'Relief', remindHours: 48, dueHours: 168 },
  AnswerDispute: { queue: 'Relief', remindHours: 72, dueHours: 480 },
  AnswerComplaint: { queue: 'Relief', remindHours: 72, dueHours: 360 },
  FollowUpVisit: { queue: 'FollowUp', remindHours: 72, dueHours: 168 },
  ReviewWarning: { queue: 'Supervisor', remindHours: 4, dueHours: 24 },
  RegisterCollateral: { queue: 'Collateral', remindHours: 48, dueHours: 120 },
  RenewLpr: { queue: 'ModelReview', remindHours: 24, dueHours: 72 },
  ReviewModel: { queue: 'ModelReview', remindHours: 72, dueHours: 168 },
  ReleaseCollateral: { queue: 'Collateral', remindHours: 72, dueHours: 240 },
  AwaitDocuments: { remindHours: 72, dueHours: 168 },
  AwaitSignature: { remindHours: 72, dueHours: 168 },
};

const hourMs = 3_600_000;

export interface TaskOpening {
  readonly kind: TaskKind;
  readonly applicationId?: string;
  readonly partnerId?: string;
  /** A repeated step meets the task of its round; a new round opens another. */
  readonly round: number;
  /** What the person is shown: facts without personal data. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly approvalsRequired?: 1 | 2;
  readonly excludedOperators?: readonly string[];
  /** What the id is made from, when it is not the application. One of the two is there. */
  readonly subjectId?: string;
  readonly about?: Readonly<Record<string, string>>;
  /** A deadline that a rule sets, instead of the one of the kind. */
  readonly dueAt?: string;
  readonly taskToken?: string;
  readonly at: string;
}

/** Opens one piece of work. What is shown is hashed: a decision is bound to it. */
export function openTask(opening: TaskOpening): Task {
  const { kind, applicationId, partnerId, about, at } = opening;
  const plan = taskPlans[kind];
  const subjectId = opening.subjectId ?? applicationId;
  if (subjectId === undefined) throw new Error(`a ${kind} task is about nothing`);
  const taskId = taskIdOf(subjectId, kind, opening.round);
  const later = (hours: number): string => new Date(Date.parse(at) + hours * hourMs).toISOString();
  return startAggregate(
    taskId,
    {
      taskId,
      kind,
      status: 'Open' as const,
      ...(applicationId === undefined ? {} : { applicationId }),
      ...(partnerId === undefined ? {} : { partnerId }),
      ...(plan.queue === undefined ? {} : { queue: plan.queue }),
      ...(about === undefined ? {} : { about: { ...about } }),
      dueAt: opening.dueAt ?? later(plan.dueHours),
      remindAt: later(plan.remindHours),
      openedAt: at,
      excludedOperators: [...(opening.excludedOperators ?? [])],
      approvalsRequired: opening.approvalsRequired ?? 1,
      decisions: [],
      content: { ...opening.content },
      contentHash: contentHashOf(opening.content),
      ...(opening.taskToken === undefined ? {} : { taskToken: opening.taskToken }),
      applied: {},
    },
    {
      type: 'TaskOpened',
      at,
      actor: 'workflow',
      facts: {
        taskId,
        kind,
        ...subjectFactsOf({ applicationId, about }),
        ...(plan.queue === undefined ? {} : { queue: plan.queue }),
      },
    },
  );
}
