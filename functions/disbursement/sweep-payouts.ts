import * as z from 'zod';
import { markStalePayoutUnknown } from '#domain/disbursement/claim-payout.ts';
import type { MoneyStore } from '#domain/disbursement/ports.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { moneyDependencies } from './money-dependencies.ts';
import { DynamoPayingLoans, type PayingLoans } from './paying-loans.ts';
import { staleAfterSeconds } from './stale-after.ts';

export interface SweepPayoutsDependencies {
  readonly payingLoans: PayingLoans;
  readonly loans: Loans;
  readonly money: MoneyStore;
  readonly now: () => Date;
  readonly staleAfterSeconds: number;
}

/** Turns claims whose attempt must have ended into Unknown, so that the next attempt asks the bank. It never fails one. */
export async function runSweepPayouts(
  _schedule: unknown,
  dependencies: SweepPayoutsDependencies,
): Promise<{ marked: number }> {
  const { payingLoans, now } = dependencies;
  let marked = 0;
  for (const loanId of await payingLoans.list(businessDateOf(now().getTime())))
    if (await markIfStale(loanId, dependencies)) marked += 1;
  return { marked };
}

async function markIfStale(
  loanId: string,
  { loans, money, now, staleAfterSeconds }: SweepPayoutsDependencies,
): Promise<boolean> {
  const loan = await loans.find(loanId);
  const payout = loan && (await money.findPayout(loan.payoutRef));
  if (payout === undefined) return false;
  const unknown = markStalePayoutUnknown(payout, { at: now().toISOString(), staleAfterSeconds });
  if (unknown === undefined) return false;
  try {
    await money.replacePayout(unknown);
    return true;
  } catch (error) {
    // Its attempt ended, or another took over, between the reading and the writing.
    if (error instanceof ConcurrentChange) return false;
    throw error;
  }
}

export const handler = workflowTask({
  input: z.unknown(),
  dependencies: () => ({
    ...moneyDependencies(),
    payingLoans: new DynamoPayingLoans(documentClient(), requireEnvironment('LOANS_TABLE')),
    staleAfterSeconds: staleAfterSeconds(),
  }),
  run: runSweepPayouts,
});
