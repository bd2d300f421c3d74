import { askAgain } from '../documents/required-documents.ts';
import { InvalidTransition } from '../shared/errors.ts';
import type { Task, TaskDecision } from '../tasks/task.ts';
import { closeApplication } from './advance-application.ts';
import { DocumentKind, type Application, type ApplicationStatus } from './application.ts';
import { changeApplication } from './change-application.ts';

/**
 * What a person's answer changes in the application; undefined when it changes nothing, or has done so before. The task is
 * what was decided; this is where it takes effect.
 */
export function applyAnswer(
  application: Application,
  task: Task,
  at: string,
): Application | undefined {
  const decision = task.decisions.at(-1);
  if (task.status === 'Open' || decision === undefined)
    throw new InvalidTransition(`task ${task.taskId} is not decided`);
  switch (task.kind) {
    case 'ReviewDocuments':
      return applyReview(application, decision, at);
    case 'CheckCreditManually':
      return applyCreditCheck(application, decision, at);
    case 'ApproveApplication':
      return applyApproval(application, task, at);
    // The other kinds are about something else than the application.
    default:
      return undefined;
  }
}

function isAt(application: Application, ...statuses: readonly ApplicationStatus[]): boolean {
  return statuses.includes(application.status);
}

function applyReview(
  application: Application,
  decision: TaskDecision,
  at: string,
): Application | undefined {
  if (!isAt(application, 'Screened', 'AwaitingDocuments', 'UnderReview')) return undefined;
  if (decision.outcome === 'Reject')
    return reject(application, decision, { at, code: 'ReviewRejected' });
  if (decision.outcome === 'RequestMore') return requestMore(application, decision, at);
  const actor = actorOf(decision);
  const { review } = application;
  return changeApplication(application, {
    status: 'DocumentsVerified',
    patch: {
      review: {
        reasonCodes: review?.reasonCodes ?? [],
        // What the provider said stands: only a rule may make something of it.
        identity: review?.identity ?? 'NotChecked',
        ...(review?.verifiedIncomeFen === undefined
          ? {}
          : { verifiedIncomeFen: review.verifiedIncomeFen }),
        outcome: 'Verified',
        missing: [],
        reviewedBy: actor,
        round: review?.round ?? 1,
      },
    },
    event: {
      type: 'DocumentsReviewed',
      at,
      actor,
      facts: { ...factsOf(application), outcome: 'Verified', contentHash: decision.contentHash },
    },
  });
}

function requestMore(
  application: Application,
  decision: TaskDecision,
  at: string,
): Application | undefined {
  if (!isAt(application, 'Screened', 'UnderReview')) return undefined;
  const kinds = decision.documentsRequested.map((kind) => DocumentKind.parse(kind));
  return changeApplication(application, {
    status: 'AwaitingDocuments',
    patch: {
      documentsRequested: [...new Set([...application.documentsRequested, ...kinds])],
      documents: askAgain(application.documents, kinds),
    },
    event: {
      type: 'DocumentsRequested',
      at,
      actor: actorOf(decision),
      facts: { ...factsOf(application), documentsRequested: kinds },
    },
  });
}

function applyCreditCheck(
  application: Application,
  decision: TaskDecision,
  at: string,
): Application | undefined {
  if (!isAt(application, 'DocumentsVerified', 'UnderReview')) return undefined;
  if (decision.outcome === 'Retry') return undefined;
  if (decision.outcome === 'Reject')
    return reject(application, decision, { at, code: 'CreditCheckRejected' });
  return changeApplication(application, {
    status: 'CreditChecked',
    event: {
      type: 'CreditCheckWaived',
      at,
      actor: actorOf(decision),
      facts: { ...factsOf(application), contentHash: decision.contentHash },
    },
  });
}

function applyApproval(application: Application, task: Task, at: string): Application | undefined {
  const decision = task.decisions.at(-1);
  if (decision === undefined || !isAt(application, 'AwaitingApproval')) return undefined;
  if (decision.outcome === 'Reject')
    return reject(application, decision, { at, code: 'ApprovalRejected' });
  const approvals = task.decisions.map((approval) => ({
    taskId: task.taskId,
    operatorId: approval.operatorId,
    at: approval.at,
    contentHash: approval.contentHash,
  }));
  return changeApplication(application, {
    status: 'Approved',
    patch: {
      approvals: [...application.approvals, ...approvals],
      reasonCodes: [],
      ...(application.decision === undefined
        ? {}
        : {
            decision: {
              ...application.decision,
              outcome: 'Approved',
              decidedAt: at,
              decidedBy: actorOf(decision),
            },
          }),
    },
    event: {
      type: 'ApplicationApproved',
      at,
      actor: actorOf(decision),
      facts: { ...factsOf(application), taskId: task.taskId, approvals: approvals.length },
    },
  });
}

function reject(
  application: Application,
  decision: TaskDecision,
  { at, code }: { readonly at: string; readonly code: string },
): Application {
  const reasonCodes = decision.reasonCodes.length > 0 ? decision.reasonCodes : [code];
  return closeApplication(application, {
    status: 'Declined',
    reasonCodes,
    at,
    actor: actorOf(decision),
  });
}

function actorOf({ operatorId }: TaskDecision): string {
  return `operator:${operatorId}`;
}

function factsOf({ applicationId, partnerId }: Application) {
  return { applicationId, partnerId };
}
