import * as z from 'zod';
import type { Application } from '../applications/application.ts';
import { chainEvent } from '../shared/audit.ts';
import { DomainEvent } from '../shared/domain-event.ts';
import { ApplicationId, Instant, LoanId, PartnerId, Sha256Hex } from '../shared/primitives.ts';

/** What stands in the place of an application that was erased: that there was one, whose, and why it is gone. */
export const ErasedApplication = z.object({
  applicationId: ApplicationId,
  version: z.int().min(2),
  status: z.literal('Erased'),
  partnerId: PartnerId,
  erasedAt: Instant,
  because: z.string(),
  loanId: LoanId.optional(),
  event: DomainEvent,
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type ErasedApplication = z.infer<typeof ErasedApplication>;

/**
 * What is left of an application when it is erased. Its chain goes on: that it was erased is proven like everything else,
 * and its number can never be given to another.
 */
export function eraseApplication(
  application: Application,
  erasure: { readonly at: string; readonly because: string },
): ErasedApplication {
  const { applicationId, partnerId, auditHash: previousAuditHash, loanId } = application;
  const { at, because } = erasure;
  const version = application.version + 1;
  const event: DomainEvent = {
    type: 'ApplicationErased',
    at,
    actor: 'workflow',
    facts: { applicationId, partnerId, because },
  };
  const link = { subjectId: applicationId, sequence: version, previousAuditHash, event };
  return {
    applicationId,
    version,
    status: 'Erased',
    partnerId,
    erasedAt: at,
    because,
    ...(loanId === undefined ? {} : { loanId }),
    event,
    auditHash: chainEvent(link),
    previousAuditHash,
  };
}
