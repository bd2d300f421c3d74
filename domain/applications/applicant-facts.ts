import { cardLast4Of, maskCompanyName, maskMobile, maskName } from '../identity/mask.ts';
import type { ApplicantFacts, ApplicationRequest } from './application.ts';
import { contactOf } from './validate-applicant.ts';

/** What may stand outside the encrypted blob: masked, of a normalised request. */
export function applicantFactsOf(request: ApplicationRequest, borrowerKey: string): ApplicantFacts {
  const { applicant } = request;
  return {
    kind: applicant.kind,
    borrowerKey,
    nameMasked:
      applicant.kind === 'Person' ? maskName(applicant.name) : maskCompanyName(applicant.name),
    mobileMasked: maskMobile(contactOf(applicant).mobile),
    cardLast4: cardLast4Of(applicant.bankAccount.number),
  };
}
