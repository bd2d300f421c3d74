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

/** What the second look came to, in the declined application; undefined when it is noted already. */
export function concludeReview(
  declined: Application,
  review: {
    readonly taskId: string;
    readonly dueAt: string;
    readonly outcome: 'Upheld' | 'Overturned';
    readonly at: string;
    readonly operatorId: string;
  },
): Application | undefined {
  const { taskId, dueAt, outcome, at, operatorId } = review;
  const known = declined.declineReview?.outcome ?? 'Open';
  if (known !== 'Open') return undefined;
  const { applicationId, partnerId } = declined;
  const followed = outcome === 'Overturned' ? { successorId: successorIdOf(declined) } : {};
  return changeApplication(declined, {
    isAfterClose: true,
    patch: { declineReview: { taskId, dueAt, outcome, concludedAt: at, ...followed } },
    event: {
      type: outcome === 'Overturned' ? 'ApplicationReopened' : 'DeclineUpheld',
      at,
      actor: `operator:${operatorId}`,
      facts: { applicationId, partnerId, taskId, ...followed },
    },
  });
}

function successorExternalId({ externalId }: Application): string {
  return `${externalId}.review`;
}
