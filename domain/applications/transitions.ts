import { InvalidTransition } from '../shared/errors.ts';
import type { ApplicationStatus } from './application.ts';

const closing = ['Declined', 'Expired', 'Withdrawn'] as const;

/** The legal status graph. A final status has no way out. */
export const applicationTransitions: Readonly<
  Record<ApplicationStatus, readonly ApplicationStatus[]>
> = {
  Received: ['Screened', ...closing],
  Screened: ['AwaitingDocuments', 'UnderReview', 'DocumentsVerified', ...closing],
  AwaitingDocuments: ['AwaitingDocuments', 'UnderReview', 'DocumentsVerified', ...closing],
  UnderReview: [
    'AwaitingDocuments',
    'UnderReview',
    'DocumentsVerified',
    'CreditChecked',
    ...closing,
  ],
  DocumentsVerified: ['UnderReview', 'CreditChecked', ...closing],
  CreditChecked: ['AwaitingApproval', 'Approved', ...closing],
  AwaitingApproval: ['AwaitingApproval', 'Approved', ...closing],
  Approved: ['FundingAllocated', 'AwaitingSignature', ...closing],
  // Between the two steps that release 0.1.0 took to a contract; one does both since.
  FundingAllocated: ['AwaitingSignature', ...closing],
  AwaitingSignature: ['AwaitingSignature', 'Signed', ...closing],
  Signed: ['Disbursing', ...closing],
  Disbursing: ['PayoutFailed', 'Disbursed'],
  PayoutFailed: ['Disbursing', ...closing],
  Disbursed: [],
  Declined: [],
  Expired: [],
  Withdrawn: [],
};

/** Says whether an application in this status has ended. */
export function isClosed(status: ApplicationStatus): boolean {
  return applicationTransitions[status].length === 0;
}

/** Throws when the graph has no edge between the two statuses. Staying in one's own open status is always allowed. */
export function assertTransition(from: ApplicationStatus, to: ApplicationStatus): void {
  if (from === to && !isClosed(from)) return;
  if (!applicationTransitions[from].includes(to))
    throw new InvalidTransition(`an application that is ${from} cannot become ${to}`);
}
