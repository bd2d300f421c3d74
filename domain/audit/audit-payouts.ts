import type { Loan } from '../loans/loan.ts';
import { disbursedStatuses } from '../loans/loan.ts';
import type { AuditFinding } from './finding.ts';

/** What the bank itself says it paid: one row for each reference, with how often. */
export interface BankPayout {
  readonly reference: string;
  readonly amountFen: number;
  readonly count: number;
}

type PaidLoan = Pick<Loan, 'loanId' | 'status' | 'payoutRef' | 'principalFen'>;

/** A loan that was paid out stands exactly once in the bank's own books, with its principal. */
export function auditPayout(loan: PaidLoan, payouts: readonly BankPayout[]): AuditFinding[] {
  if (!disbursedStatuses.includes(loan.status)) return [];
  const { loanId: subjectId } = loan;
  const paid = payouts.filter(({ reference }) => reference === loan.payoutRef);
  const count = paid.reduce((sum, payout) => sum + payout.count, 0);
  if (count === 0)
    return [{ invariant: 'I4', subjectId, because: `is ${loan.status} but the bank never paid` }];
  if (count !== 1) return [{ invariant: 'I4', subjectId, because: `the bank paid ${count} times` }];
  const amountFen = paid[0]?.amountFen;
  if (amountFen === loan.principalFen) return [];
  return [{ invariant: 'I3', subjectId, because: `the bank paid ${amountFen ?? 0}` }];
}

const UNKNOWN_LOAN = 'the bank paid, and no loan says so';

/** Whether a finding is about a payout that no loan of ours knows of, as after a restore. */
export function isStrayPayout({ because }: AuditFinding): boolean {
  return because === UNKNOWN_LOAN;
}

/** What the bank paid and no loan knows of. One that is still being paid may be in the books before the loan says so. */
export function auditStrayPayouts(
  payouts: readonly BankPayout[],
  loans: readonly PaidLoan[],
): AuditFinding[] {
  const known = new Set(
    loans
      .filter(({ status }) => status === 'Paying' || disbursedStatuses.includes(status))
      .map(({ payoutRef }) => payoutRef),
  );
  return payouts
    .filter(({ reference }) => !known.has(reference))
    .map(({ reference }) => ({
      invariant: 'I4',
      subjectId: reference,
      because: UNKNOWN_LOAN,
    }));
}
