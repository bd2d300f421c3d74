import { changeAggregate, startAggregate } from '../shared/change-aggregate.ts';
import type { DomainEvent } from '../shared/domain-event.ts';
import { endedQueueOf } from '../privacy/retention-queue.ts';
import { businessDateOf } from '../shared/calendar.ts';
import { ApplicationClosed } from '../shared/errors.ts';
import { applicationIdOf } from '../shared/ids.ts';
import type {
  ApplicantFacts,
  Application,
  ApplicationRequest,
  ApplicationStatus,
  Backing,
} from './application.ts';
import { assertTransition, isClosed } from './transitions.ts';

/** The fields a step may change; identity, status, version and chain have their own ways. */
export type ApplicationPatch = Partial<
  Omit<
    Application,
    | 'applicationId'
    | 'partnerId'
    | 'externalId'
    | 'submittedAt'
    | 'borrowerKey'
    | 'status'
    | 'version'
    | 'event'
    | 'auditHash'
    | 'previousAuditHash'
  >
>;

export interface ApplicationChange {
  readonly status?: ApplicationStatus;
  readonly patch?: ApplicationPatch;
  readonly event: DomainEvent;
  /** A note about an application that has ended (a borrower contests its decline): no status can come with it. */
  readonly isAfterClose?: boolean;
}

/** The first version of an application, as submitted. */
export function createApplication(submission: {
  readonly request: ApplicationRequest;
  readonly partnerId: string;
  readonly productVersion: number;
  readonly applicant: ApplicantFacts;
  readonly pii: Application['pii'];
  readonly submittedAt: string;
  readonly applied?: Readonly<Record<string, string>>;
  readonly backing?: Backing;
}): Application {
  const { request, partnerId, applicant, submittedAt } = submission;
  const { supplier, ...requested } = request.requested;
  const applicationId = applicationIdOf(partnerId, request.externalId);
  const event: DomainEvent = {
    type: 'ApplicationSubmitted',
    at: submittedAt,
    actor: `partner:${partnerId}`,
    facts: {
      applicationId,
      partnerId,
      productId: request.productId,
      productVersion: submission.productVersion,
      amountFen: requested.amountFen,
      termMonths: requested.termMonths,
      ...(request.attribution === undefined ? {} : { channel: request.attribution.channel }),
    },
  };
  const facts = {
    applicationId,
    status: 'Received' as const,
    partnerId,
    externalId: request.externalId,
    submittedAt,
    productId: request.productId,
    productVersion: submission.productVersion,
    mode: 'Platform' as const,
    requested: { ...requested, hasSupplier: supplier !== undefined },
    applicant,
    borrowerKey: applicant.borrowerKey,
    pii: submission.pii,
    consents: request.consents,
    ...(request.attribution === undefined ? {} : { attribution: request.attribution }),
    humanReviewRequested: request.humanReviewRequested ?? false,
    ...(submission.backing === undefined ? {} : { backing: submission.backing }),
    reasonCodes: [],
    documents: [],
    documentsRequested: [],
    approvals: [],
    participations: [],
    applied: { ...submission.applied },
  };
  return startAggregate(applicationId, facts, event);
}

/** The next version of an application. Throws ApplicationClosed when it has ended, InvalidTransition on a missing edge. */
export function changeApplication(
  application: Application,
  change: ApplicationChange,
): Application {
  const { status = application.status, patch = {}, event } = change;
  assertOpen(application, change);
  if (change.isAfterClose !== true) assertTransition(application.status, status);
  const isClosing = isClosed(status) && !isClosed(application.status);
  const closing = isClosing
    ? { closedAt: event.at, ...retentionOf(application.applicationId, status, event.at) }
    : {};
  return changeAggregate(application, {
    subjectId: application.applicationId,
    patch: { ...patch, ...closing, status },
    event,
  });
}

/** From here on it is kept for as long as it must be, and no longer: the sweep finds it under the date it ended. */
function retentionOf(applicationId: string, status: ApplicationStatus, at: string) {
  const retentionQueue = endedQueueOf(applicationId, status === 'Disbursed' ? 'Loan' : 'NoLoan');
  return { retentionQueue, retentionOn: businessDateOf(Date.parse(at)) };
}

function assertOpen(application: Application, change: ApplicationChange): void {
  if (!isClosed(application.status)) return;
  if (change.isAfterClose === true && change.status === undefined) return;
  throw new ApplicationClosed(
    `application ${application.applicationId} has ended: it is ${application.status}`,
  );
}
