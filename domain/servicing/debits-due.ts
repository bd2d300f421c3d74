import { accountOf, openFenOf, type LoanFile } from './loan-file.ts';
import { planDebit } from './plan-debit.ts';

/**
 * The due dates for which the borrower's account is to be debited on a business date: what is due and open, has a try
 * left whose day has come, or is with the bank and must be asked about. Each is one debit, however often it is asked for.
 */
export function debitsDue(file: LoanFile, today: string): readonly string[] {
  const open = accountOf(file, today).rows.filter(
    (row) => row.dueOn <= today && openFenOf(row) > 0,
  );
  return [...new Set(open.map(({ dueOn }) => dueOn))].filter((dueOn) => {
    const { move } = planDebit(file, dueOn, today);
    return move === 'Intend' || move === 'Continue';
  });
}
