import type { LoanFile } from '../servicing/loan-file.ts';
import { accountOf, delinquencyIn, dueAndOpenFen } from '../servicing/loan-file.ts';
import { addDays } from '../shared/calendar.ts';
import type { CaseLoan } from './case.ts';
import type { Debt } from './debt.ts';

/** What is known of a borrower besides the loan, for the choice of a strategy. */
export type DebtorProfile = Pick<CaseLoan, 'segment' | 'grade'>;

/**
 * Reads what collections may act on off a loan's file. Amounts are those of servicing: clipped to what may be asked for,
 * penalty included (rules 5.16). A loan of several funders is collected for the one that leads.
 */
export function debtOf(file: LoanFile, asOf: string, profile: DebtorProfile): Debt {
  const { loan } = file;
  const account = accountOf(file, asOf);
  const { daysPastDue, bucket } = delinquencyIn(file, account);
  const offerUntil = openOfferUntil(loan, asOf);
  const restructuredOn = lastRestructuringOf(file);
  const lead = loan.participations.find(({ role }) => role === 'Lead') ?? loan.participations[0];
  return {
    borrowerKey: loan.borrowerKey,
    lenderId: lead?.funderId ?? '',
    standing: standingOf(file, daysPastDue),
    ...(offerUntil === undefined ? {} : { offerUntil }),
    ...(restructuredOn === undefined ? {} : { restructuredOn }),
    loan: {
      loanId: loan.loanId,
      applicationId: loan.applicationId,
      partnerId: loan.partnerId,
      daysPastDue,
      asOf,
      bucket,
      overdueFen: dueAndOpenFen(account, addDays(asOf, -1)),
      outstandingPrincipalFen: loan.outstandingPrincipalFen,
      ...profile,
      hasGuarantor: file.agreement.guarantor !== undefined,
    },
  };
}

/** An offer can be confirmed up to its date, unless the borrower said no, and while nothing else has happened to the loan. */
function openOfferUntil(
  { restructuringOffer: offer, eventSequence }: LoanFile['loan'],
  asOf: string,
): string | undefined {
  if (offer?.eventSequence !== eventSequence || offer.expiresOn < asOf) return undefined;
  if (offer.refusedAt !== undefined) return undefined;
  return offer.expiresOn;
}

function standingOf(file: LoanFile, daysPastDue: number): Debt['standing'] {
  const { status } = file.loan;
  if (status === 'WrittenOff') return 'WrittenOff';
  if (status === 'Settled') return 'Settled';
  if (file.loan.transfer !== undefined) return 'Transferred';
  if (file.loan.compensation?.status === 'Paid') return 'Compensated';
  if (daysPastDue > 0) return 'Overdue';
  return 'Current';
}

function lastRestructuringOf({ changes }: LoanFile): string | undefined {
  const last = changes.findLast(({ loanEvent }) => loanEvent.kind === 'Restructuring');
  return last?.loanEvent.valueDate;
}
