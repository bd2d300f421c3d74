import type { PolicyPack } from '#domain/catalog/policy-pack.ts';
import { closeLoanDay, dateToClose } from '#domain/servicing/close-loan-day.ts';
import { debitsDue } from '#domain/servicing/debits-due.ts';
import { dayPolicyOf } from '#domain/servicing/day-policy.ts';
import type { LoanFile } from '#domain/servicing/loan-file.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import { addDays } from '#domain/shared/calendar.ts';
import { crashPoint } from '#platform/crash-point.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';

export interface CloseLoanDependencies {
  readonly files: LoanFiles;
  /** Debits the borrower's account for one due date; safe to repeat. Its payment, if any, is posted when it answers. */
  readonly collectDebit: (loanId: string, dueOn: string) => Promise<unknown>;
  readonly now: () => Date;
}

interface Closing {
  readonly loanId: string;
  readonly businessDate: string;
  readonly pack: PolicyPack;
}

/**
 * Closes every date a loan waits for up to a business date, in order, and says how many changes that took. Dates that were
 * missed come first; on the date itself the account is debited before anything is judged, so that nobody is called overdue
 * for money that was there. Each change is conditional on the version before it: a payment in between makes the loan be
 * read and judged anew.
 */
export async function closeLoan(
  closing: Closing,
  dependencies: CloseLoanDependencies,
): Promise<number> {
  const { loanId, businessDate } = closing;
  const { files, collectDebit } = dependencies;
  const file = await files.find(loanId);
  if (file === undefined || dateToClose(file.loan, businessDate) === undefined) return 0;
  const debits = debitsDue(file, businessDate);
  if (debits.length === 0) return closeUntil(closing, businessDate, { ...dependencies, file });
  const missed = await closeUntil(closing, addDays(businessDate, -1), { ...dependencies, file });
  for (const dueOn of debits) await collectDebit(loanId, dueOn);
  return missed + (await closeUntil(closing, businessDate, dependencies));
}

/** The file that was read already serves the first attempt. */
function closeUntil(
  { loanId, businessDate, pack }: Closing,
  until: string,
  dependencies: CloseLoanDependencies & { readonly file?: LoanFile },
): Promise<number> {
  const { files, now } = dependencies;
  let read = dependencies.file;
  let changed = 0;
  return retryOnConflict(async () => {
    const file = read ?? (await files.find(loanId));
    read = undefined;
    if (file === undefined) return changed;
    const { lenderType } = file.agreement;
    let { loan } = file;
    for (let date = dateToClose(loan, until); date !== undefined; date = dateToClose(loan, until)) {
      const policy = dayPolicyOf(pack, { lenderType, date });
      const at = now().toISOString();
      const next = closeLoanDay({ ...file, loan }, { date, today: businessDate, policy, at });
      await crashPoint('day-close.before-loan');
      await files.store({ loan: next });
      await crashPoint('day-close.after-loan');
      loan = next;
      changed += 1;
    }
    return changed;
  });
}
