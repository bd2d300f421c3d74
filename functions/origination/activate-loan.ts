import * as z from 'zod';
import { completeApplication } from '#domain/applications/advance-application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { now } from '#platform/time.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { openApplication } from './open-application.ts';

export const ActivateLoanInput = z.object({ applicationId: ApplicationId });

export interface ActivateLoanDependencies {
  readonly applications: Applications;
  readonly loans: Loans;
  readonly now: () => Date;
}

/** The loan runs since its payout was settled; now the application is done, and the borrower free for another. */
export async function runActivateLoan(
  { applicationId }: z.infer<typeof ActivateLoanInput>,
  { applications, loans, now }: ActivateLoanDependencies,
): Promise<{ loanId: string }> {
  const loanId = loanIdOf(applicationId);
  const found = existing(await applications.find(applicationId), `application ${applicationId}`);
  if (found.status === 'Disbursed') return { loanId };
  const application = await openApplication(applications, applicationId);
  const loan = await loans.find(loanId);
  if (loan?.status !== 'Active' || loan.disbursedOn === undefined)
    throw new InvalidTransition(`loan ${loanId} is ${loan?.status ?? 'missing'}, not Active`);
  const { disbursedOn } = loan;
  await applications.replaceReleasingBorrower(
    completeApplication(application, { disbursedOn, at: now().toISOString() }),
  );
  return { loanId };
}

export const handler = workflowTask({
  input: ActivateLoanInput,
  dependencies: () => ({
    applications: new DynamoApplications(
      documentClient(),
      requireEnvironment('APPLICATIONS_TABLE'),
    ),
    loans: new DynamoLoans(documentClient(), requireEnvironment('LOANS_TABLE')),
    now,
  }),
  run: runActivateLoan,
});
