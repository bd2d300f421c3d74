import type { Application } from '../applications/application.ts';
import type { Payout } from '../disbursement/payout.ts';
import type { TaskKind } from './task.ts';

/** The kinds of task that the workflow of an application opens for people. */
export type AskedKind = Extract<
  TaskKind,
  | 'ReviewDocuments'
  | 'CheckCreditManually'
  | 'ApproveApplication'
  | 'ResolvePayout'
  | 'ConfirmPayout'
>;

export interface TaskSubject {
  readonly application: Application;
  /** The payout in question, once there is one. */
  readonly payout?: Payout | undefined;
  readonly round: number;
}

/** What a person is shown: what they need to decide, masked; never a name, a number or an account. */
export function taskContent(kind: AskedKind, subject: TaskSubject): Record<string, unknown> {
  const { application, round } = subject;
  const { applicationId, productId, requested, applicant, review, credit, decision } = application;
  const { nameMasked, kind: applicantKind } = applicant;
  const about = {
    round,
    applicationId,
    productId,
    requested,
    applicant: { kind: applicantKind, nameMasked },
  };
  switch (kind) {
    case 'ReviewDocuments':
      return { ...about, review, documents: documentsOf(application) };
    case 'CheckCreditManually':
      // What the bureau has said already: it may be silent about a guarantor only.
      return {
        ...about,
        review,
        ...(credit === undefined ? {} : { credit }),
        ...guarantorsOf(application),
      };
    case 'ApproveApplication':
      return { ...about, review, credit, ...guarantorsOf(application), decision };
    case 'ResolvePayout':
    case 'ConfirmPayout':
      return { ...about, ...payoutFacts(subject.payout) };
  }
}

/** Each guarantor in the order of the application: whether they agreed to be asked about, and what the providers said. */
function guarantorsOf({ backing }: Application) {
  if (backing === undefined || backing.guarantorKeys.length === 0) return {};
  const known = backing.guarantors ?? backing.guarantorKeys.map(() => ({ consents: [] }));
  return {
    guarantors: known.map((guarantor) => ({
      hasConsented: guarantor.consents.some(({ purpose }) => purpose === 'CreditQuery'),
      ...('identity' in guarantor ? { identity: guarantor.identity } : {}),
      ...('credit' in guarantor ? { credit: guarantor.credit } : {}),
    })),
  };
}

function documentsOf({ documents }: Application) {
  return documents.map(({ documentId, kind, status, sha256 }) => ({
    documentId,
    kind,
    status,
    sha256,
  }));
}

function payoutFacts(payout: Payout | undefined) {
  if (payout === undefined) return {};
  const { payoutRef, payoutNumber, state, attempt, amountFen, payee, refusedBecause } = payout;
  return { payoutRef, payoutNumber, state, attempt, amountFen, payee, refusedBecause };
}
