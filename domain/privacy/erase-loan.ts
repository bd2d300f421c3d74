import type { Loan } from '../loans/loan.ts';
import { changeAggregate } from '../shared/change-aggregate.ts';

/** The loan without its borrower: its money and its journal stay, and lead to nobody any more. */
export function eraseBorrower(loan: Loan, at: string): Loan {
  const { loanId, applicationId, partnerId } = loan;
  return changeAggregate(loan, {
    subjectId: loanId,
    patch: { borrowerKey: `erased#${loanId}` },
    event: {
      type: 'LoanBorrowerErased',
      at,
      actor: 'workflow',
      facts: { loanId, applicationId, partnerId },
    },
  });
}
