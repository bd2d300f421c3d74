import type { Delinquency } from '../lending/servicing/delinquency.ts';
import type { LoanAccount } from '../lending/servicing/replay.ts';
import type { Loan } from '../loans/loan.ts';
import { addDays } from '../shared/calendar.ts';
import { dueAndOpenFen } from './loan-file.ts';

/** What every event of a disbursed loan says besides its own: ids and small facts, never persons. */
export interface ServicingFacts {
  readonly loanId: string;
  readonly borrowerKey: string;
  readonly funderIds: readonly string[];
  readonly partnerId: string;
  readonly status: Loan['status'];
  readonly asOf: string;
  readonly daysPastDue: number;
  readonly bucket: Loan['bucket'];
  readonly assetClass: Loan['assetClass'];
  /** Due before the date and not paid. */
  readonly overdueFen: number;
  readonly outstandingPrincipalFen: number;
}

/** The facts of a loan as it is after a change, on the date of the account. */
export function servicingFactsOf(
  loan: Pick<
    Loan,
    'loanId' | 'borrowerKey' | 'participations' | 'partnerId' | 'status' | 'outstandingPrincipalFen'
  >,
  account: LoanAccount,
  { daysPastDue, bucket, assetClass }: Delinquency,
): ServicingFacts {
  return {
    loanId: loan.loanId,
    borrowerKey: loan.borrowerKey,
    funderIds: loan.participations.map(({ funderId }) => funderId),
    partnerId: loan.partnerId,
    status: loan.status,
    asOf: account.asOf,
    daysPastDue,
    bucket,
    assetClass,
    overdueFen: dueAndOpenFen(account, addDays(account.asOf, -1)),
    outstandingPrincipalFen: loan.outstandingPrincipalFen,
  };
}
