import * as z from 'zod';
import { failLoan } from '#domain/disbursement/settle-payout.ts';
import type { MoneyStore } from '#domain/disbursement/ports.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { PayoutUnknown } from '#domain/shared/errors.ts';
import { loanIdOf, payoutRefOf } from '#domain/shared/ids.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { existing } from '#platform/existing.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { moneyDependencies } from './money-dependencies.ts';

export const ReleaseSharesInput = z.object({
  applicationId: ApplicationId,
  payoutNumber: z.int().min(1),
});

export interface ReleaseSharesDependencies {
  readonly loans: Loans;
  readonly money: MoneyStore;
  readonly now: () => Date;
}

/**
 * Sets the shares of a refused payout free. The settlement has normally done it in its own transaction; this is the step
 * that makes sure, and it refuses while the outcome is open.
 */
export async function runReleaseShares(
  { applicationId, payoutNumber }: z.infer<typeof ReleaseSharesInput>,
  { loans, money, now }: ReleaseSharesDependencies,
): Promise<{ outcome: 'Released' }> {
  const loanId = loanIdOf(applicationId);
  const payoutRef = payoutRefOf(loanId, payoutNumber);
  const payout = existing(await money.findPayout(payoutRef), `payout ${payoutRef}`);
  if (payout.state !== 'Refused')
    throw new PayoutUnknown(`payout ${payoutRef} is ${payout.state}: its shares stay reserved`);
  const loan = existing(await loans.find(loanId), `loan ${loanId}`);
  if (loan.status === 'Paying' && loan.payoutRef === payoutRef) {
    const because = payout.refusedBecause ?? 'Refused';
    await money.store({ loan: failLoan(loan, { because, at: now().toISOString() }) });
  }
  return { outcome: 'Released' };
}

export const handler = workflowTask({
  input: ReleaseSharesInput,
  dependencies: moneyDependencies,
  run: runReleaseShares,
});
