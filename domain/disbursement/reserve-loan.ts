import type { Application } from '../applications/application.ts';
import { changeApplication } from '../applications/change-application.ts';
import { nothingBooked, type Loan } from '../loans/loan.ts';
import { businessDateOf } from '../shared/calendar.ts';
import { changeAggregate, startAggregate } from '../shared/change-aggregate.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { loanIdOf } from '../shared/ids.ts';
import type { Payout } from './payout.ts';

/** The loan as it is reserved: every share is set aside before any money moves. Shares sum to the loan, to the fen. */
export function reserveLoan(
  application: Application,
  reserve: { readonly payout: Payout; readonly previous?: Loan | undefined; readonly at: string },
): Loan {
  const { payout, previous, at } = reserve;
  if (previous !== undefined) return repeatReservation(previous, payout, at);
  const { decision, contract } = application;
  if (decision?.offer === undefined || contract === undefined)
    throw new InvalidTransition(
      `application ${application.applicationId} has no contract to pay out`,
    );
  const { amountFen, annualRate, termMonths, repaymentMethod } = decision.offer;
  const shares = application.participations.reduce((sum, share) => sum + share.shareFen, 0);
  if (shares !== amountFen)
    throw new Error(
      `the shares of ${application.applicationId} sum to ${shares}, not ${amountFen}`,
    );
  assertPaidInFull(payout, amountFen);
  const loanId = loanIdOf(application.applicationId);
  return startAggregate(
    loanId,
    {
      loanId,
      record: 'loan' as const,
      status: 'Paying' as const,
      applicationId: application.applicationId,
      partnerId: application.partnerId,
      borrowerKey: application.borrowerKey,
      contractNumber: contract.contractNumber,
      productId: application.productId,
      productVersion: application.productVersion,
      principalFen: amountFen,
      annualRate,
      termMonths,
      repaymentMethod,
      participations: application.participations,
      payoutRef: payout.payoutRef,
      payoutNumber: payout.payoutNumber,
      scheduleVersion: 0,
      ...nothingBooked,
      ...watchedSince(at),
      createdAt: at,
    },
    {
      type: 'LoanReserved',
      at,
      actor: 'workflow',
      facts: {
        loanId,
        applicationId: application.applicationId,
        principalFen: amountFen,
        payoutRef: payout.payoutRef,
        participations: application.participations,
      },
    },
  );
}

/** Interest and fees may not be kept back from the principal (Civil Code 670): the whole of it is paid out, or nothing. */
function assertPaidInFull(payout: Payout, principalFen: number): void {
  if (payout.amountFen !== principalFen)
    throw new InvalidTransition(
      `payout ${payout.payoutRef} is of ${payout.amountFen} fen, the principal is ${principalFen}`,
    );
}

/** The shard of the due index that holds the loans whose money is on its way: few, and looked at every minute. */
export const PAYING_SHARD = 'paying';

function watchedSince(at: string): { readonly dueShard: string; readonly actOn: string } {
  return { dueShard: PAYING_SHARD, actOn: businessDateOf(Date.parse(at)) };
}

function repeatReservation(previous: Loan, payout: Payout, at: string): Loan {
  if (previous.status !== 'PayFailed')
    throw new InvalidTransition(
      `loan ${previous.loanId} is ${previous.status}: nothing to pay again`,
    );
  assertPaidInFull(payout, previous.principalFen);
  return changeAggregate(previous, {
    subjectId: previous.loanId,
    patch: {
      status: 'Paying',
      payoutRef: payout.payoutRef,
      payoutNumber: payout.payoutNumber,
      ...watchedSince(at),
    },
    event: {
      type: 'LoanReserved',
      at,
      actor: 'workflow',
      facts: { loanId: previous.loanId, payoutRef: payout.payoutRef },
    },
  });
}

/** The application while its money is on the way. */
export function startDisbursement(
  application: Application,
  start: { readonly payout: Payout; readonly at: string },
): Application {
  return changeApplication(application, {
    status: 'Disbursing',
    patch: { loanId: start.payout.loanId },
    event: {
      type: 'ApplicationDisbursing',
      at: start.at,
      actor: 'workflow',
      facts: {
        applicationId: application.applicationId,
        loanId: start.payout.loanId,
        payoutRef: start.payout.payoutRef,
      },
    },
  });
}
