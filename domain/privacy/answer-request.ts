import type { Application } from '../applications/application.ts';
import { changeApplication } from '../applications/change-application.ts';
import type { PersonalData } from '../applications/personal-data.ts';
import { contactOf } from '../applications/validate-applicant.ts';
import { maskMobile } from '../identity/mask.ts';
import { addDays } from '../shared/calendar.ts';
import { changeAggregate, startAggregate } from '../shared/change-aggregate.ts';
import type { DomainEvent } from '../shared/domain-event.ts';
import { Forbidden, InvalidTransition } from '../shared/errors.ts';
import type { CorrectionRecord, PersonalDataRequest } from './personal-data-request.ts';
import type { RetentionPolicy } from './retention-policy.ts';

type Asked = Pick<
  PersonalDataRequest,
  'requestId' | 'receivedOn' | 'verification' | 'operatorId' | 'policyPack' | 'bodyHash'
> & {
  readonly applicationId: string;
  readonly policy: RetentionPolicy;
  readonly at: string;
};

/** A copy that was made (PIPL art. 45): where it lies, and how to tell that it is the one. */
export function recordCopy(
  asked: Asked,
  copy: NonNullable<PersonalDataRequest['copy']>,
): PersonalDataRequest {
  const { at } = asked;
  const first = { ...startOf(asked, 'Copy'), status: 'Done' as const, doneAt: at, copy };
  const facts = { requestId: asked.requestId, applications: copy.applications };
  return startAggregate(asked.requestId, first, eventOf('PersonalDataCopied', asked, facts));
}

/** A correction that waits for a second person (art. 46: it is verified before it is made). */
export function proposeCorrection(asked: Asked, correction: CorrectionRecord): PersonalDataRequest {
  const first = { ...startOf(asked, 'Correction'), status: 'Proposed' as const, correction };
  const { requestId, applicationId } = asked;
  const facts = { requestId, applicationId, fields: correction.fields.join(' ') };
  return startAggregate(requestId, first, eventOf('PersonalDataCorrectionProposed', asked, facts));
}

function startOf(asked: Asked, kind: 'Copy' | 'Correction') {
  const { policy, at, ...facts } = asked;
  const answerBy = addDays(facts.receivedOn, policy.answerDays);
  return { ...facts, kind, answerBy, decisions: [], decidedAt: at };
}

export interface CorrectionVerdict {
  readonly outcome: 'Approved' | 'Refused';
  readonly because?: CorrectionRecord['because'];
  readonly operatorId: string;
  readonly at: string;
}

/**
 * The request once somebody else has decided it. Throws Forbidden for whoever
 * entered it, InvalidTransition when it is decided.
 */
export function decideCorrection(
  request: PersonalDataRequest,
  { outcome, because, operatorId, at }: CorrectionVerdict,
): PersonalDataRequest {
  const { requestId, correction, applicationId = '' } = request;
  if (correction === undefined || request.status !== 'Proposed')
    throw new InvalidTransition(`request ${requestId} does not wait for a decision`);
  if (operatorId === request.operatorId)
    throw new Forbidden('whoever entered a correction does not decide it');
  const { fields } = correction;
  const decided = { ...correction, outcome, decidedBy: operatorId };
  return changeAggregate(request, {
    subjectId: requestId,
    patch: {
      status: 'Done',
      doneAt: at,
      correction: because === undefined ? decided : { ...decided, because },
    },
    event: eventOf(
      outcome === 'Approved' ? 'PersonalDataCorrectionApproved' : 'PersonalDataCorrectionRefused',
      { operatorId, at },
      {
        requestId,
        applicationId,
        fields: fields.join(' '),
        ...(because === undefined ? {} : { because }),
      },
    ),
  });
}

/** The application with what was put right sealed in it: its chain says which facts and by which request, never what. */
export function correctApplication(
  application: Application,
  corrected: { readonly data: PersonalData; readonly pii: Application['pii'] },
  { requestId, fields, at }: { requestId: string; fields: readonly string[]; at: string },
): Application {
  const { applicationId, partnerId, applicant } = application;
  const mobileMasked = maskMobile(contactOf(corrected.data.applicant).mobile);
  return changeApplication(application, {
    isAfterClose: true,
    patch: { pii: corrected.pii, applicant: { ...applicant, mobileMasked } },
    event: {
      type: 'PersonalDataCorrected',
      at,
      actor: 'workflow',
      facts: { applicationId, partnerId, requestId, fields: fields.join(' ') },
    },
  });
}

function eventOf(
  type: string,
  { operatorId, at }: { readonly operatorId: string; readonly at: string },
  facts: DomainEvent['facts'],
): DomainEvent {
  return { type, at, actor: `operator:${operatorId}`, facts };
}
