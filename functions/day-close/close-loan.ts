import type { PolicyPack } from '#domain/catalog/policy-pack.ts';
import { closeLoanDay, dateToClose } from '#domain/servicing/close-loan-day.ts';
import { dayPolicyOf } from '#domain/servicing/day-policy.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import { crashPoint } from '#platform/crash-point.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';

export interface CloseLoanDependencies {
  readonly files: LoanFiles;
  readonly now: () => Date;
}

/**
 * Closes every date a loan waits for up to a business date, in order, and says how many changes that took. Each change is
 * conditional on the version before it: a payment in between makes the loan be read and judged anew.
 */
export function closeLoan(
  {
    loanId,
    businessDate,
    pack,
  }: { readonly loanId: string; readonly businessDate: string; readonly pack: PolicyPack },
  { files, now }: CloseLoanDependencies,
): Promise<number> {
  let changed = 0;
  return retryOnConflict(async () => {
    const file = await files.find(loanId);
    if (file === undefined) return changed;
    const { lenderType } = file.agreement;
    let { loan } = file;
    for (
      let date = dateToClose(loan, businessDate);
      date !== undefined;
      date = dateToClose(loan, businessDate)
    ) {
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
