import type { Loan } from '#domain/loans/loan.ts';
import type { Loans } from '#domain/loans/ports.ts';
import type { LoanFile } from '#domain/servicing/loan-file.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import { InvalidTransition, NotFound } from '#domain/shared/errors.ts';

/** The caller's loan. One of another partner is answered exactly as one that does not exist. */
export async function ownLoan(loans: Loans, loanId: string, partnerId: string): Promise<Loan> {
  const loan = await loans.find(loanId);
  if (loan?.partnerId !== partnerId) throw new NotFound('not found');
  return loan;
}

/** The caller's loan with its account; `InvalidTransition` while it is not paid out. */
export async function ownLoanFile(
  { files, loans }: { readonly files: LoanFiles; readonly loans: Loans },
  loanId: string,
  partnerId: string,
): Promise<LoanFile> {
  const file = await files.find(loanId);
  if (file?.loan.partnerId === partnerId) return file;
  const { status } = await ownLoan(loans, loanId, partnerId);
  throw new InvalidTransition(`loan ${loanId} is ${status}: it has no account`);
}
