import { toDayNumber } from '../../shared/calendar.ts';
import { nothing, openOf, sumAmounts, type Amounts } from './installment.ts';
import { playUntil, type ServicedLoan } from './replay.ts';
import { Component } from './service-policy.ts';

/** What must be paid on a date to owe nothing more. */
export type Payoff = Readonly<Amounts> & { readonly totalFen: number };

/**
 * All that is due by the date, the principal that is not, and interest on it to the day. Fees of installments to come are
 * not owed. What was paid in advance counts.
 */
export function payoffOn(loan: ServicedLoan, date: string): Payoff {
  const day = toDayNumber(date);
  const { book } = playUntil(loan, date);
  const owed = nothing();
  for (const one of book.installments) {
    if (one.dueDay > day) continue;
    for (const component of Component.options) owed[component] += openOf(one, component);
  }
  const future = book.future(day);
  const inAdvance = future.reduce((sum, one) => sum + one.paid.Interest + one.paid.Fee, 0);
  const earned = book.runningInterest(day);
  const open = book.futurePrincipal(day);
  owed.Interest += Math.max(earned - inAdvance, 0);
  owed.Principal += open - Math.min(Math.max(inAdvance - earned, 0), open);
  return { ...owed, totalFen: sumAmounts(owed) };
}

/** Interest earned by a date and not paid: what is due of it and the days since the last due date. */
export function interestOn(loan: ServicedLoan, date: string): number {
  return payoffOn(loan, date).Interest;
}
