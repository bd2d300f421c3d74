import {
  ApprovalMissing,
  DocumentsDoubtful,
  DocumentsMissing,
  InvalidTransition,
} from '../shared/errors.ts';
import type { Application } from './application.ts';

/**
 * Refuses an application whose documents are incomplete or in doubt, by the name the machine catches: it waits for the
 * partner or for a reviewer (ADR 061).
 */
export function assertDocumentsVerified({ applicationId, status }: Application): void {
  if (status === 'AwaitingDocuments')
    throw new DocumentsMissing(`application ${applicationId} still lacks documents`);
  if (status === 'UnderReview')
    throw new DocumentsDoubtful(`the documents of application ${applicationId} are in doubt`);
}

/** Refuses an application that people have yet to approve, or whose documents nobody has found in order. */
export function assertApproved(application: Application): void {
  assertDocumentsVerified(application);
  const { applicationId, review, status } = application;
  if (status === 'AwaitingApproval')
    throw new ApprovalMissing(`application ${applicationId} waits for approval`);
  if (review?.outcome !== 'Verified')
    throw new InvalidTransition(`the documents of application ${applicationId} are not verified`);
}
