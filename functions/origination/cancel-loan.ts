import * as z from 'zod';
import { closeApplication } from '#domain/applications/advance-application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { cancelLoan } from '#domain/disbursement/activate-loan.ts';
import type { MoneyStore } from '#domain/disbursement/ports.ts';
import type { Loan } from '#domain/loans/loan.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { PayoutUnknown } from '#domain/shared/errors.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoMoneyStore } from '#platform/repositories/payouts.ts';
import { now } from '#platform/time.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { openApplication } from './open-application.ts';

export const CancelLoanInput = z.object({ applicationId: ApplicationId });

export interface CancelLoanDependencies {
  readonly applications: Applications;
  readonly loans: Loans;
  readonly money: MoneyStore;
  readonly now: () => Date;
}

/** Gives up a loan that was never paid: loan, application and the borrower's guard in one transaction. */
export async function runCancelLoan(
  { applicationId }: z.infer<typeof CancelLoanInput>,
  { applications, loans, money, now }: CancelLoanDependencies,
): Promise<{ outcome: 'Cancelled' }> {
  const application = await openApplication(applications, applicationId);
  const loan = await loans.find(loanIdOf(applicationId));
  if (loan !== undefined) await assertNeverPaid(loan, money);
  const at = now().toISOString();
  const actor = 'workflow';
  await money.store({
    application: closeApplication(application, {
      status: 'Withdrawn',
      reasonCodes: ['PayoutCancelled'],
      at,
      actor,
    }),
    ...(loan === undefined ? {} : { loan: cancelLoan(loan, { at, actor }) }),
    isReleasingBorrower: true,
  });
  return { outcome: 'Cancelled' };
}

async function assertNeverPaid(loan: Loan, money: MoneyStore): Promise<void> {
  const payout = await money.findPayout(loan.payoutRef);
  if (loan.status === 'PayFailed' && payout?.state === 'Refused') return;
  throw new PayoutUnknown(
    `loan ${loan.loanId} is ${loan.status} and its payout ${payout?.state ?? 'missing'}`,
  );
}

export const handler = workflowTask({
  input: CancelLoanInput,
  dependencies: () => {
    const documents = documentClient();
    const tables = {
      applications: requireEnvironment('APPLICATIONS_TABLE'),
      loans: requireEnvironment('LOANS_TABLE'),
      payouts: requireEnvironment('PAYOUTS_TABLE'),
    };
    return {
      applications: new DynamoApplications(documents, tables.applications),
      loans: new DynamoLoans(documents, tables.loans),
      money: new DynamoMoneyStore(documents, tables),
      now,
    };
  },
  run: runCancelLoan,
});
