import { quote } from '../lending/quote.ts';
import type { JournalEntry, Loan, LoanSchedule } from '../loans/loan.ts';
import { accounts } from '../servicing/chart-of-accounts.ts';
import type { LoanAgreement } from '../servicing/loan-agreement.ts';
import { addDays } from '../shared/calendar.ts';
import { changeAggregate } from '../shared/change-aggregate.ts';
import { sha256Hex } from '../shared/digest.ts';
import { InvalidTransition } from '../shared/errors.ts';

/** Sixteen shards keep the due index below the write rate of one partition. */
const DUE_SHARDS = 16;

export interface ActivatedLoan {
  readonly loan: Loan;
  readonly agreement: LoanAgreement;
  readonly schedule: LoanSchedule;
  readonly entry: JournalEntry;
}

/**
 * The loan on the day the bank paid: schedule of the real value date, balances, the journal entry of the payout. The day
 * close looks at it for the first time on the next day.
 */
export function activateLoan(
  loan: Loan,
  activation: {
    /** What the loan is served by; its terms begin on the value date. */
    readonly agreement: LoanAgreement;
    readonly at: string;
  },
): ActivatedLoan {
  const { agreement, at } = activation;
  const valueDate = agreement.terms.disbursedOn;
  const owedFen = agreement.terms.principalFen - agreement.terms.downPaymentFen;
  if (owedFen !== loan.principalFen)
    throw new InvalidTransition(
      `loan ${loan.loanId} paid out ${loan.principalFen} fen, its terms have ${owedFen} repaid`,
    );
  const rows = [...quote(agreement.terms).schedule];
  const first = rows[0];
  const last = rows.at(-1);
  if (first === undefined || last === undefined)
    throw new Error(`loan ${loan.loanId} has a schedule without rows`);
  const scheduleVersion = loan.scheduleVersion + 1;
  const active = changeAggregate(loan, {
    subjectId: loan.loanId,
    patch: {
      status: 'Active',
      scheduleVersion,
      disbursedOn: valueDate,
      maturesOn: last.dueOn,
      outstandingPrincipalFen: loan.principalFen,
      entrySequence: 1,
      ...leadOf(loan),
      ...(agreement.visits
        ? { nextVisitOn: addDays(valueDate, agreement.visits.firstAfterDays) }
        : {}),
      // The first close plans all that is to come.
      actOn: addDays(valueDate, 1),
      dueShard: dueShardOf(loan.loanId),
    },
    event: {
      type: 'LoanDisbursed',
      at,
      actor: 'workflow',
      facts: {
        loanId: loan.loanId,
        applicationId: loan.applicationId,
        principalFen: loan.principalFen,
        disbursedOn: valueDate,
        firstDueOn: first.dueOn,
        payoutRef: loan.payoutRef,
      },
    },
  });
  return {
    loan: active,
    agreement,
    schedule: {
      loanId: loan.loanId,
      record: `schedule#${String(scheduleVersion).padStart(4, '0')}`,
      rows,
    },
    entry: disbursementEntry(loan, { valueDate, at }),
  };
}

function leadOf({ participations }: Loan): Pick<Loan, 'funderId'> {
  const lead = participations.find(({ role }) => role === 'Lead') ?? participations[0];
  return lead === undefined ? {} : { funderId: lead.funderId };
}

/** The journal of a payout: what the borrower now owes against what each funder gave. The legs sum to zero. */
export function disbursementEntry(
  loan: Loan,
  posting: { readonly valueDate: string; readonly at: string },
): JournalEntry {
  return {
    loanId: loan.loanId,
    record: 'entry#000001',
    entryType: 'Disbursement',
    valueDate: posting.valueDate,
    postedAt: posting.at,
    reference: loan.payoutRef,
    legs: [
      { account: accounts.principal, amountFen: loan.principalFen },
      ...loan.participations.map(({ funderId, shareFen }) => ({
        account: accounts.funder(funderId, 'principal'),
        amountFen: -shareFen,
      })),
    ],
  };
}

/** The shard of the due index a loan belongs to, for good. */
export function dueShardOf(loanId: string): string {
  const digest = Number.parseInt(sha256Hex(loanId).slice(0, 2), 16);
  return shardName(digest % DUE_SHARDS);
}

/** Every shard a loan that runs may be in. */
export const dueShards: readonly string[] = Array.from({ length: DUE_SHARDS }, (_, number) =>
  shardName(number),
);

function shardName(number: number): string {
  return String(number).padStart(2, '0');
}

/** A loan that was never paid is given up: allowed only after a definite refusal. */
export function cancelLoan(
  loan: Loan,
  cancel: { readonly at: string; readonly actor: string },
): Loan {
  return changeAggregate(loan, {
    subjectId: loan.loanId,
    patch: { status: 'Cancelled' },
    event: {
      type: 'LoanCancelled',
      at: cancel.at,
      actor: cancel.actor,
      facts: { loanId: loan.loanId, applicationId: loan.applicationId },
    },
  });
}
