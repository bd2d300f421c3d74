import type { Application } from '../applications/application.ts';
import type { Loan } from '../loans/loan.ts';
import type { LoanAgreement } from '../servicing/loan-agreement.ts';
import { activateLoan } from './activate-loan.ts';
import type { Payout } from './payout.ts';
import type { MoneyChange } from './ports.ts';
import { failDisbursement, failLoan, settlePaid, settleRefused } from './settle-payout.ts';

/** What is known for certain about a payout, and who says so. */
export type Verdict =
  | {
      readonly outcome: 'Paid';
      readonly bankReference: string;
      readonly valueDate: string;
      readonly actor: string;
    }
  | { readonly outcome: 'Refused'; readonly because: string; readonly actor: string };

export interface Settlement {
  readonly payout: Payout;
  readonly loan: Loan;
  readonly application: Application;
  readonly verdict: Verdict;
  /** What the loan is served by, from the day the bank paid. */
  readonly agreementFrom: (valueDate: string) => LoanAgreement;
  readonly at: string;
}

/**
 * Everything that changes when a payout is settled, as one change: the money is booked with the loan it made, or the loan
 * that was never paid is set free together with the refusal.
 */
export function planSettlement(settlement: Settlement): MoneyChange {
  const { payout, loan, application, verdict, at } = settlement;
  if (verdict.outcome === 'Refused')
    return {
      payout: settleRefused(payout, { ...verdict, at }),
      loan: failLoan(loan, { because: verdict.because, at }),
      application: failDisbursement(application, { because: verdict.because, at }),
    };
  const activated = activateLoan(loan, {
    agreement: settlement.agreementFrom(verdict.valueDate),
    at,
  });
  return {
    payout: settlePaid(payout, { ...verdict, at }),
    loan: activated.loan,
    agreement: activated.agreement,
    schedule: activated.schedule,
    entries: [activated.entry],
  };
}
