import { applicationIdOf } from '../shared/ids.ts';
import { type Application, ApplicationRequest, type Backing } from './application.ts';
import { changeApplication, createApplication } from './change-application.ts';
import type { PersonalData } from './personal-data.ts';

/** The partner's number of the application that follows an overturned decline: found again by whoever repeats the step. */
export function successorIdOf(declined: Application): string {
  return applicationIdOf(declined.partnerId, successorExternalId(declined));
}

/**
 * The application that follows a decline a person has overturned (PIPL art. 24). The declined one stays as it ended: a
 * final status never leaves. The successor goes the whole way again, and a person decides it.
 */
export function succeedApplication(
  declined: Application,
  person: {
    readonly data: PersonalData;
    readonly pii: Application['pii'];
    readonly at: string;
  },
): Application {
  const { amountFen, termMonths, repaymentMethod, purpose } = declined.requested;
  const { applicant, supplier, ...sealed } = person.data;
  return createApplication({
    request: {
      externalId: successorExternalId(declined),
      productId: declined.productId,
      requested: {
        amountFen,
        termMonths,
        repaymentMethod,
        purpose,
        ...(supplier === undefined ? {} : { supplier }),
      },
      applicant,
      consents: declined.consents,
      ...(declined.attribution === undefined
        ? {}
        : { attribution: ApplicationRequest.shape.attribution.parse(declined.attribution) }),
      humanReviewRequested: true,
      ...sealed,
    },
    partnerId: declined.partnerId,
    productVersion: declined.productVersion,
    applicant: declined.applicant,
    pii: person.pii,
    submittedAt: person.at,
    ...(declined.backing === undefined ? {} : { backing: askedAnew(declined.backing) }),
  });
}

/** The guarantors stay and so do their consents; what the bureau says of them is asked for again, as of the borrower. */
function askedAnew(backing: Backing): Backing {
  const { guarantors, ...rest } = backing;
  if (guarantors === undefined) return rest;
  return {
    ...rest,
    guarantors: guarantors.map(({ guarantorKey, consents }) => ({ guarantorKey, consents })),
  };
}

/** Notes in the declined application what followed it. */
export function noteSuccessor(
  declined: Application,
  note: { readonly at: string; readonly operatorId: string },
): Application {
  return changeApplication(declined, {
    isAfterClose: true,
    event: {
      type: 'ApplicationReopened',
      at: note.at,
      actor: `operator:${note.operatorId}`,
      facts: {
        applicationId: declined.applicationId,
        partnerId: declined.partnerId,
        successorId: successorIdOf(declined),
      },
    },
  });
}

function successorExternalId({ externalId }: Application): string {
  return `${externalId}.review`;
}
