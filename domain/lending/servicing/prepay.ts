import { allocatePayment, type Allocation, type Portion } from './allocate-payment.ts';
import { openInstallment, openOf, type Installment } from './installment.ts';
import type { LoanBook } from './loan-book.ts';
import type { Payment } from './loan-event.ts';

type Prepayment = {
  readonly day: number;
  readonly amountFen: number;
  readonly effect: Payment['effect'];
};

/**
 * Repays principal before it is due (Civil Code art. 677: interest for the actual days only). Interest to the day goes
 * first; the rest lowers the principal, and the installments to come are planned anew.
 */
export function prepay(book: LoanBook, { day, amountFen, effect }: Prepayment): Allocation {
  const future = book.future(day);
  const [running] = future;
  if (running === undefined) return { portions: [], restFen: amountFen };
  const advance = advanceOf(future);
  const earned = book.runningInterest(day);
  const interestFen = Math.max(earned - advance.Interest, 0);
  const { repaidFen, creditFen } = surplusOf(book, { day, advance, earned });
  const owedFen = book.futurePrincipal(day) - repaidFen;
  // Nothing was left for what is to come, and something of it is owed.
  if (amountFen === 0 && interestFen + owedFen > 0) return { portions: [], restFen: 0 };
  if (amountFen < interestFen) return payAdvance(running, amountFen);
  const principalFen = Math.min(amountFen - interestFen, owedFen);
  const settled = settledRow(book, {
    day,
    Principal: principalFen + advance.Principal + repaidFen,
    Interest: earned,
  });
  book.creditFen += creditFen;
  book.replan({
    day,
    balanceFen: owedFen - principalFen,
    isRepaid: true,
    isLevelKept: effect === 'ShorterTerm',
    carriedSpans: [],
    carriedFen: 0,
  });
  book.addSettled(settled);
  const portions: Portion[] = [
    { installment: settled, component: 'Interest', amountFen: interestFen },
    { installment: settled, component: 'Principal', amountFen: principalFen },
  ];
  return {
    portions: portions.filter((portion) => portion.amountFen > 0),
    restFen: amountFen - interestFen - principalFen,
  };
}

/** Not even the interest so far: it stays on the installment that runs. */
function payAdvance(running: Installment, amountFen: number): Allocation {
  return allocatePayment(amountFen, [running], {
    order: ['FutureInterest'],
    within: 'Installment',
    future: 'Next',
    day: running.dueDay - 1,
    ages: ['Future'],
  });
}

type Advance = Readonly<Record<'Principal' | 'Interest' | 'Fee', number>>;

/** What was paid before of installments that are not due yet. */
function advanceOf(future: readonly Installment[]): Advance {
  const sumOf = (component: 'Principal' | 'Interest' | 'Fee'): number =>
    future.reduce((sum, one) => sum + one.paid[component], 0);
  return { Principal: sumOf('Principal'), Interest: sumOf('Interest'), Fee: sumOf('Fee') };
}

type Surplus = { readonly repaidFen: number; readonly creditFen: number };

/**
 * What was paid in advance as interest for days that never come, or as fees that fall due again, repays principal; beyond
 * all the principal there is it is the borrower's.
 */
function surplusOf(
  book: LoanBook,
  of: { readonly day: number; readonly advance: Advance; readonly earned: number },
): Surplus {
  const surplus = Math.max(of.advance.Interest - of.earned, 0) + of.advance.Fee;
  const repaidFen = Math.min(surplus, book.futurePrincipal(of.day));
  return { repaidFen, creditFen: surplus - repaidFen };
}

type Settled = { readonly day: number; readonly Principal: number; readonly Interest: number };

/** A row that is due and paid on the day. */
function settledRow(book: LoanBook, { day, Principal, Interest }: Settled): Installment {
  const row = openInstallment(
    { kind: 'Prepayment', dueDay: day, due: { Principal, Interest } },
    book.policy.penalty,
  );
  row.paid.Principal = Principal;
  row.paid.Interest = Interest;
  return row;
}

/**
 * Moves what was paid in advance to a row of its own, so that the installments to come are free to change. Answers the
 * interest among it, which is earned and not owed again; undefined when nothing was paid in advance.
 */
export function settleAdvance(book: LoanBook, day: number): number | undefined {
  const future = book.future(day);
  const advance = advanceOf(future);
  if (advance.Principal + advance.Interest + advance.Fee === 0) return undefined;
  const earned = book.runningInterest(day);
  const { repaidFen, creditFen } = surplusOf(book, { day, advance, earned });
  const Interest = Math.min(advance.Interest, earned);
  book.addSettled(settledRow(book, { day, Principal: advance.Principal + repaidFen, Interest }));
  book.creditFen += creditFen;
  let left = repaidFen;
  for (const one of future) {
    one.due.Principal = openOf(one, 'Principal');
    const repaid = Math.min(left, one.due.Principal);
    one.due.Principal -= repaid;
    left -= repaid;
    one.paid.Principal = 0;
    one.paid.Interest = 0;
    one.paid.Fee = 0;
  }
  return Interest;
}
