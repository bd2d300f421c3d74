import type { Application } from '../applications/application.ts';
import type { Loan } from '../loans/loan.ts';
import { changeAggregate } from '../shared/change-aggregate.ts';
import { changeApplication } from '../applications/change-application.ts';
import type { Payout } from './payout.ts';

/** The bank paid: the record says when, under which number, and nothing changes it any more. */
export function settlePaid(
  payout: Payout,
  paid: {
    readonly bankReference: string;
    readonly valueDate: string;
    readonly at: string;
    readonly actor?: string;
  },
): Payout {
  return changeAggregate(payout, {
    subjectId: payout.payoutRef,
    patch: { state: 'Paid', bankReference: paid.bankReference, valueDate: paid.valueDate },
    event: {
      type: 'PayoutPaid',
      at: paid.at,
      actor: paid.actor ?? 'provider:bank',
      facts: {
        payoutRef: payout.payoutRef,
        loanId: payout.loanId,
        amountFen: payout.amountFen,
        valueDate: paid.valueDate,
        attempt: payout.attempt,
      },
    },
  });
}

/** The bank said definitely that it did not pay and will not. */
export function settleRefused(
  payout: Payout,
  refused: { readonly because: string; readonly at: string; readonly actor?: string },
): Payout {
  return changeAggregate(payout, {
    subjectId: payout.payoutRef,
    patch: { state: 'Refused', refusedBecause: refused.because },
    event: {
      type: 'PayoutRefused',
      at: refused.at,
      actor: refused.actor ?? 'provider:bank',
      facts: { payoutRef: payout.payoutRef, loanId: payout.loanId, because: refused.because },
    },
  });
}

/** The bank says what cannot be true beside what is on record: nothing changes, and people find it in the audit chain. */
export function contradictPayout(
  payout: Payout,
  contradiction: { readonly said: string; readonly at: string },
): Payout {
  const { payoutRef, loanId, state } = payout;
  return changeAggregate(payout, {
    subjectId: payoutRef,
    patch: {},
    event: {
      type: 'PayoutContradicted',
      at: contradiction.at,
      actor: 'provider:bank',
      facts: { payoutRef, loanId, state, said: contradiction.said },
    },
  });
}

/** The loan after a definite refusal: its shares are free, its record stays, and nothing is due on it. */
export function failLoan(
  loan: Loan,
  failed: { readonly because: string; readonly at: string },
): Loan {
  const unwatched = { ...loan };
  delete unwatched.actOn;
  delete unwatched.dueShard;
  return changeAggregate(unwatched, {
    subjectId: loan.loanId,
    patch: { status: 'PayFailed' },
    event: {
      type: 'LoanPayoutFailed',
      at: failed.at,
      actor: 'workflow',
      facts: { loanId: loan.loanId, payoutRef: loan.payoutRef, because: failed.because },
    },
  });
}

/** The application after a definite refusal: a supervisor decides whether to pay again. */
export function failDisbursement(
  application: Application,
  failed: { readonly because: string; readonly at: string },
): Application {
  return changeApplication(application, {
    status: 'PayoutFailed',
    event: {
      type: 'ApplicationPayoutFailed',
      at: failed.at,
      actor: 'workflow',
      facts: { applicationId: application.applicationId, because: failed.because },
    },
  });
}
