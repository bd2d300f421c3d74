import { askAgain } from '../documents/required-documents.ts';
import type { Allocation } from '../funding/allocate-funding.ts';
import type {
  Application,
  ApplicationStatus,
  BackingGuarantor,
  CreditSummary,
  Decision,
  Participation,
  Review,
} from './application.ts';
import { changeApplication } from './change-application.ts';
import type { ScreeningResult } from './screen-application.ts';

/** The facts every event of an application names. */
function factsOf({ applicationId, partnerId }: Application) {
  return { applicationId, partnerId };
}

/** The application after screening: on its way, or declined with every reason. */
export function recordScreening(
  application: Application,
  { outcome, reasonCodes, signals }: ScreeningResult & Pick<Application, 'signals'>,
  at: string,
): Application {
  if (outcome === 'Declined')
    return closeApplication(application, {
      status: 'Declined',
      reasonCodes,
      at,
      actor: 'workflow',
    });
  return changeApplication(application, {
    status: 'Screened',
    ...(signals === undefined ? {} : { patch: { signals } }),
    event: { type: 'ApplicationScreened', at, actor: 'workflow', facts: factsOf(application) },
  });
}

const statusOfReview = {
  Verified: 'DocumentsVerified',
  Incomplete: 'AwaitingDocuments',
  Doubtful: 'UnderReview',
} as const satisfies Record<Review['outcome'], ApplicationStatus>;

/** The application after a review of its documents. */
export function recordReview(application: Application, review: Review, at: string): Application {
  return changeApplication(application, {
    status: statusOfReview[review.outcome],
    patch: { review, ...askedFor(application, review) },
    event: {
      type: 'DocumentsReviewed',
      at,
      actor: 'workflow',
      facts: {
        ...factsOf(application),
        outcome: review.outcome,
        reasonCodes: review.reasonCodes,
        missing: review.missing,
        round: review.round,
      },
    },
  });
}

/** An unreadable copy must not answer the request for a better one: without this the review would go round in circles. */
function askedFor({ documents, documentsRequested }: Application, { outcome, missing }: Review) {
  if (outcome !== 'Incomplete') return {};
  return {
    documents: askAgain(documents, missing),
    documentsRequested: [...new Set([...documentsRequested, ...missing])],
  };
}

/** A person looks at what a provider could not answer or a check doubted. */
export function sendToReview(application: Application, at: string): Application {
  return changeApplication(application, {
    status: 'UnderReview',
    event: { type: 'ApplicationUnderReview', at, actor: 'workflow', facts: factsOf(application) },
  });
}

/** A report on a guarantor: which, and under which consent of theirs. */
export interface GuarantorQuery {
  readonly guarantorKey: string;
  readonly reportId: string;
  readonly isReused: boolean;
  readonly consentTextHash: string;
  readonly purpose: 'PreLoan';
}

export interface CreditFound {
  readonly credit: CreditSummary;
  readonly consentTextHash: string;
  readonly at: string;
  readonly guarantors: readonly BackingGuarantor[];
  readonly guarantorQueries: readonly GuarantorQuery[];
}

/** The application with its credit reports: what was asked about whom, under which consent, for which purpose. */
export function recordCredit(application: Application, found: CreditFound): Application {
  return changeApplication(application, {
    status: 'CreditChecked',
    patch: creditPatch(application, found),
    event: {
      type: 'CreditChecked',
      at: found.at,
      actor: 'provider:bureau',
      facts: creditFacts(application, found),
    },
  });
}

/**
 * What the bureau said before it fell silent about a guarantor: kept without going on, so that neither the next attempt
 * nor an analyst who goes on without the rest loses it. Undefined when nothing is new.
 */
export function recordCreditPartly(
  application: Application,
  found: CreditFound,
): Application | undefined {
  const isNews = found.guarantorQueries.length > 0 || isIdentityNew(application, found);
  if (application.credit !== undefined && !isNews) return undefined;
  return changeApplication(application, {
    patch: creditPatch(application, found),
    event: {
      type: 'CreditPartlyChecked',
      at: found.at,
      actor: 'provider:bureau',
      facts: creditFacts(application, found),
    },
  });
}

function isIdentityNew({ backing }: Application, { guarantors }: CreditFound): boolean {
  const before = backing?.guarantors ?? [];
  return guarantors.some(({ identity }, at) => identity !== before[at]?.identity);
}

function creditPatch({ backing }: Application, { credit, guarantors }: CreditFound) {
  if (backing?.guarantors === undefined) return { credit };
  return { credit, backing: { ...backing, guarantors: [...guarantors] } };
}

function creditFacts(application: Application, found: CreditFound) {
  const { credit, consentTextHash, guarantors, guarantorQueries } = found;
  return {
    ...factsOf(application),
    reportId: credit.reportId,
    isReused: credit.isReused,
    consentTextHash,
    purpose: 'PreLoan',
    ...(guarantors.length === 0
      ? {}
      : {
          guarantorQueries,
          guarantorsUnchecked: guarantors.filter((each) => each.credit === undefined).length,
          guarantorIdentities: guarantors.flatMap(({ guarantorKey, identity }) =>
            identity === undefined ? [] : [{ guarantorKey, identity }],
          ),
        }),
  };
}

/** The application after the rules have spoken. */
export function recordDecision(application: Application, decision: Decision): Application {
  const { outcome, reasonCodes, decidedAt: at, decidedBy: actor } = decision;
  const change = { patch: { decision, reasonCodes: [...reasonCodes] } };
  const facts = {
    ...factsOf(application),
    outcome,
    reasonCodes,
    score: decision.score,
    grade: decision.grade,
    policyPack: decision.policyPack,
    scorecard: decision.scorecard,
    approversRequired: decision.approversRequired,
  };
  switch (outcome) {
    case 'Approved':
      return changeApplication(application, {
        ...change,
        status: 'Approved',
        event: { type: 'ApplicationApproved', at, actor, facts },
      });
    case 'Referred':
      return changeApplication(application, {
        ...change,
        status: 'AwaitingApproval',
        event: { type: 'ApplicationReferred', at, actor, facts },
      });
    case 'Declined':
      return changeApplication(application, {
        ...change,
        status: 'Declined',
        event: { type: 'ApplicationDeclined', at, actor, facts },
      });
  }
}

/** The application with its funders, or declined because nobody may fund it on this day. */
export function recordAllocation(
  application: Application,
  allocation: Allocation,
  at: string,
): Application {
  if (allocation.outcome === 'Declined')
    return closeApplication(application, {
      status: 'Declined',
      reasonCodes: allocation.reasonCodes,
      at,
      actor: 'workflow',
    });
  const participations: Participation[] = [...allocation.participations];
  return changeApplication(application, {
    status: 'FundingAllocated',
    patch: { participations },
    event: {
      type: 'FundingAllocated',
      at,
      actor: 'workflow',
      facts: { ...factsOf(application), participations },
    },
  });
}

/** The money is with the borrower and the loan runs: the application has done its work. */
export function completeApplication(
  application: Application,
  completed: { readonly disbursedOn: string; readonly at: string },
): Application {
  return changeApplication(application, {
    status: 'Disbursed',
    event: {
      type: 'ApplicationDisbursed',
      at: completed.at,
      actor: 'workflow',
      facts: {
        ...factsOf(application),
        loanId: application.loanId,
        disbursedOn: completed.disbursedOn,
      },
    },
  });
}

/** What the end of an application says of its pledges: whoever follows them need not look at every one that ends. */
export function pledgeFactOf({ backing }: Pick<Application, 'backing'>): { isPledged?: true } {
  return backing === undefined || backing.pledges.length === 0 ? {} : { isPledged: true };
}

/** Ends an application for a reason that has a code. */
export function closeApplication(
  application: Application,
  close: {
    readonly status: 'Declined' | 'Expired' | 'Withdrawn';
    readonly reasonCodes: readonly string[];
    readonly at: string;
    readonly actor: string;
  },
): Application {
  const { status, reasonCodes, at, actor } = close;
  return changeApplication(application, {
    status,
    patch: { reasonCodes: [...reasonCodes] },
    event: {
      type: `Application${status}`,
      at,
      actor,
      facts: {
        ...factsOf(application),
        reasonCodes,
        ...pledgeFactOf(application),
      },
    },
  });
}

/** Something worth knowing that changes no status, also about an application that has ended. */
export function recordAfterwards(
  application: Application,
  note: { readonly type: string; readonly at: string; readonly actor: string },
): Application {
  return changeApplication(application, {
    isAfterClose: true,
    event: { ...note, facts: factsOf(application) },
  });
}
