import * as z from 'zod';
import { changeAggregate, startAggregate } from '../shared/change-aggregate.ts';
import { addDays } from '../shared/calendar.ts';
import type { DomainEvent } from '../shared/domain-event.ts';
import {
  ApplicationId,
  BusinessDate,
  Instant,
  PersonalDataRequestId,
  Sha256Hex,
} from '../shared/primitives.ts';
import { RetentionDecision } from './decide-retention.ts';
import type { RetentionPolicy } from './retention-policy.ts';

/**
 * Deletion: the person asks that everything about them is erased (PIPL art. 47). RepeatedErasure: one application stands in
 * the register of erasures and a restore has brought it back; nobody else of the person's is touched. Copy: the person gets
 * what is held of them (art. 45). Correction: what is wrong or missing is put right (art. 46).
 */
export const RequestKind = z.enum(['Deletion', 'RepeatedErasure', 'Copy', 'Correction']);
export type RequestKind = z.infer<typeof RequestKind>;

/** Those that are decided by how long things are kept. */
export const ErasureKind = RequestKind.extract(['Deletion', 'RepeatedErasure']);
export type ErasureKind = z.infer<typeof ErasureKind>;

/** How it was made sure that whoever asks is the person: the data of one must not go, or come, to another. */
export const Verification = z.enum([
  'InPerson',
  'IdentityCheck',
  'PartnerLogin',
  'PowerOfAttorney',
  'ErasureRegister',
]);
export type Verification = z.infer<typeof Verification>;

/** How a person can be verified; a line of the register cannot. */
export const PersonVerification = Verification.exclude(['ErasureRegister']);

/** What is asked to be put right. */
export const CorrectionRecord = z.object({
  /** Names of facts, never what they are. */
  fields: z.array(z.string()).min(1),
  /** Where the corrected data lie, sealed for the application; they go with it, and by themselves after some weeks. */
  objectKey: z.string(),
  /** Digest of the sealed data it was made from. */
  basedOn: Sha256Hex,
  outcome: z.enum(['Approved', 'Refused']).optional(),
  because: z.enum(['NotShown', 'IsEvidence', 'EnteredWrongly']).optional(),
  decidedBy: z.string().optional(),
});
export type CorrectionRecord = z.infer<typeof CorrectionRecord>;

/**
 * What a person asked about their own data and what became of it. It names applications, never the person: once they are
 * erased, nothing in it leads to anybody.
 */
export const PersonalDataRequest = z.object({
  requestId: PersonalDataRequestId,
  version: z.int().min(1),
  kind: RequestKind,
  /** Proposed: a second person decides. Decided: it is being carried out. Done: nothing of it is left to do. */
  status: z.enum(['Proposed', 'Decided', 'Done']),
  receivedOn: BusinessDate,
  answerBy: BusinessDate,
  verification: Verification,
  operatorId: z.string(),
  policyPack: z.string(),
  /** Of an erasure: one for each application. */
  decisions: z.array(RetentionDecision.extend({ applicationId: ApplicationId })),
  decidedAt: Instant,
  /** Of a copy or correction: the application it was asked with. */
  applicationId: ApplicationId.optional(),
  copy: z.object({ objectKey: z.string(), sha256: Sha256Hex, applications: z.int() }).optional(),
  correction: CorrectionRecord.optional(),
  doneAt: Instant.optional(),
  /** Of what was asked for: the same key must come with the same request. */
  bodyHash: Sha256Hex,
  event: z.unknown().optional(),
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type PersonalDataRequest = z.infer<typeof PersonalDataRequest>;

/** The request with its decision, made the moment it is entered: a rule decides it, not whoever enters it. */
export function startRequest(
  asked: Pick<
    PersonalDataRequest,
    | 'requestId'
    | 'kind'
    | 'receivedOn'
    | 'verification'
    | 'operatorId'
    | 'policyPack'
    | 'decisions'
    | 'bodyHash'
  > & { readonly policy: RetentionPolicy; readonly at: string },
): PersonalDataRequest {
  const { policy, at, ...facts } = asked;
  const answerBy = addDays(facts.receivedOn, policy.answerDays);
  const first = { ...facts, status: 'Decided' as const, answerBy, decidedAt: at };
  return startAggregate(facts.requestId, first, eventOf(first, 'PersonalDataRequestDecided', at));
}

/** The request once everything that was decided is done. Undefined: it was done before. */
export function completeRequest(
  request: PersonalDataRequest,
  at: string,
): PersonalDataRequest | undefined {
  if (request.status === 'Done') return undefined;
  return changeAggregate(request, {
    subjectId: request.requestId,
    patch: { status: 'Done', doneAt: at },
    event: { ...eventOf(request, 'PersonalDataRequestDone', at), actor: 'workflow' },
  });
}

/** How many applications had which fate; not which: an event is told to everybody who listens. */
function eventOf(
  request: Pick<
    PersonalDataRequest,
    'requestId' | 'kind' | 'verification' | 'operatorId' | 'decisions'
  >,
  type: string,
  at: string,
): DomainEvent {
  const { requestId, kind, verification, operatorId, decisions } = request;
  const count = (wanted: string): number =>
    decisions.filter(({ outcome }) => outcome === wanted).length;
  return {
    type,
    at,
    actor: `operator:${operatorId}`,
    facts: {
      requestId,
      kind,
      verification,
      erased: count('Erase'),
      restricted: count('Restrict'),
      kept: count('Keep'),
    },
  };
}
