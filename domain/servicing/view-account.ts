import * as z from 'zod';
import { nothing, sumAmounts, type Amounts } from '../lending/servicing/installment.ts';
import type { AppliedPayment } from '../lending/servicing/replay.ts';
import { AssetClass, Bucket, LoanSchedule } from '../loans/loan.ts';
import { addDays } from '../shared/calendar.ts';
import { scheduleRowsOf } from './change-loan.ts';
import { accountOf, delinquencyIn, dueAndOpenFen, nextDueOf, type LoanFile } from './loan-file.ts';
import { PaymentChannel } from './loan-records.ts';
import { isReversed } from './reverse-payment.ts';

/** Fen by what they pay, in the words of the API. */
export const AmountsView = z
  .object({
    costFen: z.int(),
    penaltyFen: z.int(),
    feeFen: z.int(),
    interestFen: z.int(),
    principalFen: z.int(),
  })
  .meta({ id: 'Amounts' });

/** Where a loan stands on a date. */
export const AccountView = z
  .object({
    asOf: z.string(),
    paid: AmountsView,
    /** Due by the date and open, what fell due before it included. */
    dueFen: z.int(),
    overdueFen: z.int(),
    daysPastDue: z.int(),
    bucket: Bucket,
    assetClass: AssetClass,
    outstandingPrincipalFen: z.int(),
    /** Overpaid: the borrower's. */
    creditFen: z.int(),
    nextDue: z.object({ dueOn: z.string(), openFen: z.int() }).optional(),
  })
  .meta({ id: 'Account' });

/** One row of the schedule and what became of it. */
export const ScheduleRowView = LoanSchedule.shape.rows.element
  .extend({
    penaltyFen: z.int(),
    paidFen: z.int(),
    openFen: z.int(),
    state: z.enum(['ToCome', 'Due', 'Overdue', 'Paid']),
  })
  .meta({ id: 'ScheduleRow' });

/** One payment and what it paid. */
export const PaymentView = z
  .object({
    paymentId: z.string(),
    amountFen: z.int(),
    valueDate: z.string(),
    channel: PaymentChannel,
    reference: z.string(),
    postedAt: z.string(),
    isReversed: z.boolean(),
    /** As all payments stand now, in value-date order; nothing for a payment that was reversed. */
    allocation: AmountsView.extend({ creditFen: z.int() }).optional(),
  })
  .meta({ id: 'Payment' });

/** The account of a loan on a date, for people and partners. */
export function viewAccount(file: LoanFile, date: string): z.infer<typeof AccountView> {
  const account = accountOf(file, date);
  const { outstandingPrincipalFen, creditFen } = file.loan;
  const nextDue = nextDueOf(account);
  return {
    asOf: date,
    paid: viewAmounts(account.rows.map(({ paid }) => paid).reduce(addAmounts, none)),
    dueFen: dueAndOpenFen(account),
    overdueFen: dueAndOpenFen(account, addDays(date, -1)),
    ...delinquencyIn(file, account),
    outstandingPrincipalFen,
    creditFen,
    ...(nextDue ? { nextDue } : {}),
  };
}

/** The schedule as it runs, row by row, with what was paid. */
export function viewSchedule(
  file: LoanFile,
  date: string,
): readonly z.infer<typeof ScheduleRowView>[] {
  const account = accountOf(file, date);
  const planned = account.rows.filter(({ kind }) => kind !== 'Charge');
  return scheduleRowsOf(account).map((row, index) => {
    const { due, paid } = planned[index] ?? { due: none, paid: none };
    const openFen = sumAmounts(due) - sumAmounts(paid);
    return {
      ...row,
      penaltyFen: due.Penalty,
      paidFen: sumAmounts(paid),
      openFen,
      state: stateOf(row.dueOn, openFen, date),
    };
  });
}

function stateOf(
  dueOn: string,
  openFen: number,
  date: string,
): z.infer<typeof ScheduleRowView>['state'] {
  if (openFen === 0) return 'Paid';
  if (dueOn > date) return 'ToCome';
  return dueOn === date ? 'Due' : 'Overdue';
}

/** Every payment, in the order they were posted, with what it paid. */
export function viewPayments(file: LoanFile, date: string): readonly z.infer<typeof PaymentView>[] {
  const applied = new Map(
    accountOf(file, date).payments.map((payment) => [payment.paymentId, payment]),
  );
  return file.payments
    .toSorted((a, b) => a.sequence - b.sequence)
    .map(({ loanEvent, channel, reference, postedAt }) => {
      const payment = applied.get(loanEvent.id);
      return {
        paymentId: loanEvent.id,
        amountFen: loanEvent.amountFen,
        valueDate: loanEvent.valueDate,
        channel,
        reference,
        postedAt,
        isReversed: isReversed(file, loanEvent.id),
        ...(payment ? { allocation: allocationOf(payment) } : {}),
      };
    });
}

function allocationOf({ portions, creditFen }: AppliedPayment) {
  const sum = { ...none };
  for (const { component, amountFen } of portions) sum[component] += amountFen;
  return { ...viewAmounts(sum), creditFen };
}

const none: Readonly<Amounts> = nothing();

function addAmounts(a: Readonly<Amounts>, b: Readonly<Amounts>): Amounts {
  return {
    Cost: a.Cost + b.Cost,
    Penalty: a.Penalty + b.Penalty,
    Fee: a.Fee + b.Fee,
    Interest: a.Interest + b.Interest,
    Principal: a.Principal + b.Principal,
  };
}

/** Amounts in the words of the API. */
export function viewAmounts(amounts: Readonly<Amounts>): z.infer<typeof AmountsView> {
  return {
    costFen: amounts.Cost,
    penaltyFen: amounts.Penalty,
    feeFen: amounts.Fee,
    interestFen: amounts.Interest,
    principalFen: amounts.Principal,
  };
}
