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
  if (amountFen === 0 || running === undefined) return { portions: [], restFen: amountFen };
  const advance = advanceOf(future);
  const earned = book.runningInterest(day);
  const interestFen = Math.max(earned - advance.Interest, 0);
  if (amountFen < interestFen) return payAdvance(running, amountFen);
  // Interest paid in advance for days that never come repays principal.
  const surplus = Math.max(advance.Interest - earned, 0) + advance.Fee;
  const open = book.futurePrincipal(day);
  const principalFen = Math.min(amountFen - interestFen, open - Math.min(surplus, open));
  const settled = settledRow(book, {
    day,
    Principal: principalFen + advance.Principal + Math.min(surplus, open),
    Interest: earned,
  });
  book.replan({
    day,
    balanceFen: open - principalFen - Math.min(surplus, open),
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

/** What was paid before of installments that are not due yet. */
function advanceOf(future: readonly Installment[]) {
  const sumOf = (component: 'Principal' | 'Interest' | 'Fee'): number =>
    future.reduce((sum, one) => sum + one.paid[component], 0);
  return { Principal: sumOf('Principal'), Interest: sumOf('Interest'), Fee: sumOf('Fee') };
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

/** Moves what was paid in advance to a row of its own, so that the installments to come are free to change. */
export function settleAdvance(book: LoanBook, day: number): void {
  const future = book.future(day);
  const advance = advanceOf(future);
  if (advance.Principal + advance.Interest + advance.Fee === 0) return;
  const open = book.futurePrincipal(day);
  const earned = book.runningInterest(day);
  const surplus = Math.min(Math.max(advance.Interest - earned, 0) + advance.Fee, open);
  const Interest = Math.min(advance.Interest, earned);
  book.addSettled(settledRow(book, { day, Principal: advance.Principal + surplus, Interest }));
  let left = surplus;
  for (const one of future) {
    one.due.Principal = openOf(one, 'Principal');
    const repaid = Math.min(left, one.due.Principal);
    one.due.Principal -= repaid;
    left -= repaid;
    one.paid.Principal = 0;
    one.paid.Interest = 0;
    one.paid.Fee = 0;
  }
}
