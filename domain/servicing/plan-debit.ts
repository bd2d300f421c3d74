import { addDays } from '../shared/calendar.ts';
import { isWithBank, type BankOrder } from './bank-order.ts';
import { accountOf, dueAndOpenFen, type LoanFile } from './loan-file.ts';

export type DebitPlanned =
  /** Ask the bank for so much now. */
  | { readonly move: 'Intend'; readonly amountFen: number; readonly previous?: BankOrder }
  /** A try is with the bank: find out what became of it. */
  | { readonly move: 'Continue'; readonly order: BankOrder }
  | { readonly move: 'Wait'; readonly nextTryOn: string }
  | { readonly move: 'Nothing' };

/** The record of the debit of a due date. */
export function debitRecordOf(dueOn: string): string {
  return `debit#${dueOn}`;
}

/**
 * What to do today about the debit of a due date. It asks for all that is due by today and open, less what other debits of
 * the loan are asking for: two due dates never collect the same fen.
 */
export function planDebit(file: LoanFile, dueOn: string, today: string): DebitPlanned {
  const order = file.orders.find(({ record }) => record === debitRecordOf(dueOn));
  if (order !== undefined && isWithBank(order)) return { move: 'Continue', order };
  if (file.loan.status !== 'Active') return { move: 'Nothing' };
  const nextTryOn = order === undefined ? dueOn : order.nextTryOn;
  if (nextTryOn === undefined) return { move: 'Nothing' };
  if (nextTryOn > today) return { move: 'Wait', nextTryOn };
  const amountFen = debitableFen(file, today);
  if (amountFen <= 0) return { move: 'Nothing' };
  return { move: 'Intend', amountFen, ...(order ? { previous: order } : {}) };
}

function debitableFen(file: LoanFile, today: string): number {
  const askedFen = file.orders
    .filter((order) => order.kind === 'Debit' && isWithBank(order))
    .reduce((sum, { amountFen }) => sum + amountFen, 0);
  return dueAndOpenFen(accountOf(file, today)) - askedFen;
}

/** The next day of the loan's debit plan after a day; undefined when there is none left. */
export function nextTryAfter(
  { agreement }: LoanFile,
  dueOn: string,
  day: string,
): string | undefined {
  return agreement.debit.tryDays.map((days) => addDays(dueOn, days)).find((on) => on > day);
}
