import * as z from 'zod';
import { claimPayout, markPayoutUnknown } from '#domain/disbursement/claim-payout.ts';
import { firstMove, type NextMove } from '#domain/disbursement/judge-bank-answer.ts';
import type { Payout } from '#domain/disbursement/payout.ts';
import type { Verdict } from '#domain/disbursement/plan-settlement.ts';
import { PayoutBusy, PayoutRefused, PayoutUnknown } from '#domain/shared/errors.ts';
import { loanIdOf, payoutRefOf } from '#domain/shared/ids.ts';
import { ApplicationId, TaskId } from '#domain/shared/primitives.ts';
import { crashPoint } from '#platform/crash-point.ts';
import { existing } from '#platform/existing.ts';
import { settlePayout, type SettlementDependencies } from '#platform/payout-settlement.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { askBank, type BankDependencies } from './ask-bank.ts';
import {
  closeConfirmation,
  confirmedVerdict,
  type ConfirmationDependencies,
} from './confirmed-payout.ts';
import { moneyDependencies } from './money-dependencies.ts';
import { staleAfterSeconds } from './stale-after.ts';

export const PayOutInput = z.object({
  applicationId: ApplicationId,
  payoutNumber: z.int().min(1),
  /** The task in which a person said what the bank told them. */
  taskId: TaskId.optional(),
});

export interface PayOutDependencies
  extends BankDependencies, SettlementDependencies, ConfirmationDependencies {
  /** A claim this old belongs to an attempt that has ended; longer than the function may run. */
  readonly staleAfterSeconds: number;
}

/**
 * Steps 2 to 5 of the money: claim with a fence, ask what became of an earlier attempt, pay, settle. Ends with the payout
 * paid, `PayoutRefused` when it definitely was not, `PayoutUnknown` while nobody knows, `PayoutBusy` while another attempt
 * may be at it; never by guessing.
 */
export async function runPayOut(
  { applicationId, payoutNumber, taskId }: z.infer<typeof PayOutInput>,
  dependencies: PayOutDependencies,
): Promise<{ outcome: 'Paid'; payoutRef: string }> {
  const payoutRef = payoutRefOf(loanIdOf(applicationId), payoutNumber);
  const payout = existing(await dependencies.money.findPayout(payoutRef), `payout ${payoutRef}`);
  const settled = await answered(taskId, dependencies, () => settle(payout, taskId, dependencies));
  if (settled.outcome === 'Refused')
    throw new PayoutRefused(`the bank refused payout ${payoutRef}: ${settled.because}`);
  return { outcome: 'Paid', payoutRef };
}

/** A person's answer is used once, also when it did not help: the next question must be a new one. */
async function answered(
  taskId: string | undefined,
  dependencies: PayOutDependencies,
  work: () => Promise<Settled>,
): Promise<Settled> {
  if (taskId === undefined) return work();
  try {
    const settled = await work();
    await closeConfirmation(taskId, dependencies);
    return settled;
  } catch (error) {
    if (error instanceof PayoutUnknown) await closeConfirmation(taskId, dependencies);
    throw error;
  }
}

type Settled = { outcome: 'Paid' } | { outcome: 'Refused'; because: string };

async function settle(
  payout: Payout,
  taskId: string | undefined,
  dependencies: PayOutDependencies,
): Promise<Settled> {
  const { bank, now, staleAfterSeconds } = dependencies;
  const claim = claimPayout(payout, { at: now().toISOString(), staleAfterSeconds });
  if (claim.outcome === 'Settled') return settledAs(claim.payout);
  if (claim.outcome === 'Busy')
    throw new PayoutBusy(`another attempt of payout ${payout.payoutRef} is with the bank`);
  const confirmed =
    taskId === undefined ? undefined : await confirmedVerdict(payout, taskId, dependencies);
  if (confirmed !== undefined) return book(payout, confirmed, dependencies);
  const mustQuery = claim.mustQuery || (await bank.asksFirst?.()) === true;
  const first = firstMove({ mustQuery }, bank);
  if (first === 'AskPerson')
    throw new PayoutUnknown(`only a person can find out what became of ${payout.payoutRef}`);
  await dependencies.money.replacePayout(claim.payout);
  await crashPoint('pay.after-claim');
  return attempt(claim.payout, first, dependencies);
}

/**
 * One claimed attempt. What stays open is marked so, whatever ended it (a conflict while it was settled, say): the next
 * attempt starts at once, with a question, instead of after the stale time.
 */
async function attempt(
  payout: Payout,
  first: 'Pay' | 'Query',
  dependencies: PayOutDependencies,
): Promise<Settled> {
  try {
    const verdict = verdictOf(payout, await askBank(payout, first, dependencies));
    return await book(payout, verdict, dependencies);
  } catch (error) {
    const because = error instanceof PayoutUnknown ? error.message : 'AttemptEnded';
    await markUnknown(payout, because, dependencies);
    throw error;
  }
}

async function book(
  payout: Payout,
  verdict: Verdict,
  dependencies: PayOutDependencies,
): Promise<Settled> {
  await settlePayout(payout, verdict, dependencies);
  await crashPoint('pay.after-settle');
  return verdict;
}

function verdictOf(payout: Payout, next: NextMove): Verdict {
  switch (next.move) {
    case 'SettlePaid': {
      const { bankReference, valueDate } = next.answer;
      return { outcome: 'Paid', bankReference, valueDate, actor: 'provider:bank' };
    }
    case 'SettleRefused':
      return { outcome: 'Refused', because: next.because, actor: 'provider:bank' };
    case 'AskAgain':
    case 'AskPerson':
      throw new PayoutUnknown(next.because);
    case 'Pay':
      throw new Error(`payout ${payout.payoutRef} was told to pay after it had paid`);
  }
}

/** As far as possible: whoever has taken the payout over knows more, and a store that is down leaves it to the stale time. */
async function markUnknown(
  payout: Payout,
  because: string,
  { money, now }: PayOutDependencies,
): Promise<void> {
  const unknown = markPayoutUnknown(payout, { at: now().toISOString(), because });
  await money.replacePayout(unknown).catch(() => undefined);
}

function settledAs({ state, refusedBecause = '' }: Payout): Settled {
  return state === 'Paid' ? { outcome: 'Paid' } : { outcome: 'Refused', because: refusedBecause };
}

export const handler = workflowTask({
  input: PayOutInput,
  dependencies: () => ({
    ...moneyDependencies(),
    staleAfterSeconds: staleAfterSeconds(),
  }),
  run: runPayOut,
});
