import { delinquencyOf, type Delinquency } from '../lending/servicing/delinquency.ts';
import type { LoanEvent } from '../lending/servicing/loan-event.ts';
import { payoffOn, type Payoff } from '../lending/servicing/payoff.ts';
import { accountOn, type LoanAccount, type ServicedLoan } from '../lending/servicing/replay.ts';
import type { VisitRecord } from '../follow-up/visit-record.ts';
import type { JournalEntry, Loan, LoanSchedule } from '../loans/loan.ts';
import type { BankOrder } from './bank-order.ts';
import type { LoanAgreement } from './loan-agreement.ts';
import type { ChangeRecord, PaymentRecord } from './loan-records.ts';
import { playableEvents } from './playable-events.ts';

/** Everything stored of one disbursed loan, as one consistent reading. */
export interface LoanFile {
  readonly loan: Loan;
  readonly agreement: LoanAgreement;
  /** In the order they were written. */
  readonly payments: readonly PaymentRecord[];
  readonly changes: readonly ChangeRecord[];
  readonly entries: readonly JournalEntry[];
  readonly schedules: readonly LoanSchedule[];
  /** Debits and refunds. */
  readonly orders: readonly BankOrder[];
  /** What follow-up visits found. */
  readonly visits: readonly VisitRecord[];
}

/** The events of a loan as the arithmetic plays them; with more, as if those had been written too. */
export function servicedLoanOf(file: LoanFile, more: readonly LoanEvent[] = []): ServicedLoan {
  const { terms, policy } = file.agreement;
  return { terms, policy, events: playableEvents({ terms, policy, events: eventsOf(file, more) }) };
}

function eventsOf(
  { payments, changes }: LoanFile,
  more: readonly LoanEvent[],
): readonly LoanEvent[] {
  return [...payments, ...changes]
    .toSorted((a, b) => a.sequence - b.sequence)
    .map(({ loanEvent }) => loanEvent)
    .concat(more);
}

/** The account of the loan at the end of a business date. */
export function accountOf(file: LoanFile, date: string): LoanAccount {
  return accountOn(servicedLoanOf(file), date);
}

/** What must be paid on a date to owe nothing more. */
export function payoffOf(file: LoanFile, date: string): Payoff {
  return payoffOn(servicedLoanOf(file), date);
}

/** Days past due, bucket and class of an account, by the loan's own policy. */
export function delinquencyIn({ agreement }: LoanFile, account: LoanAccount): Delinquency {
  if (account.status === 'WrittenOff') return { daysPastDue: 0, bucket: 'M0', assetClass: 'Loss' };
  return delinquencyOf(account, agreement.policy.penalty, agreement.classes);
}

/** What is due by the account's date and not paid, in fen; `before` leaves out what falls due on it. */
export function dueAndOpenFen(account: LoanAccount, until = account.asOf): number {
  return account.rows
    .filter((row) => row.dueOn <= until)
    .reduce((sum, { due, paid }) => sum + totalOf(due) - totalOf(paid), 0);
}

/** The first due date with something open on or after a date. */
export function nextDueOf(
  account: LoanAccount,
): { readonly dueOn: string; readonly openFen: number } | undefined {
  const next = account.rows.find((row) => row.dueOn >= account.asOf && openFenOf(row) > 0);
  return next && { dueOn: next.dueOn, openFen: openFenOf(next) };
}

/** What of one due amount is not paid, in fen. */
export function openFenOf({ due, paid }: LoanAccount['rows'][number]): number {
  return totalOf(due) - totalOf(paid);
}

function totalOf(amounts: LoanAccount['rows'][number]['due']): number {
  return amounts.Cost + amounts.Penalty + amounts.Fee + amounts.Interest + amounts.Principal;
}
