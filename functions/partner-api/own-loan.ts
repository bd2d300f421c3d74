import type { Loan } from '#domain/loans/loan.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { NotFound } from '#domain/shared/errors.ts';

/** The caller's loan. One of another partner is answered exactly as one that does not exist. */
export async function ownLoan(loans: Loans, loanId: string, partnerId: string): Promise<Loan> {
  const loan = await loans.find(loanId);
  if (loan?.partnerId !== partnerId) throw new NotFound('not found');
  return loan;
}
