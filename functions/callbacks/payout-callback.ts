import * as z from 'zod';
import { contradictPayout } from '#domain/disbursement/settle-payout.ts';
import type { Payout } from '#domain/disbursement/payout.ts';
import type { Verdict } from '#domain/disbursement/plan-settlement.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { settlePayout, type SettlementDependencies } from '#platform/payout-settlement.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoMoneyStore } from '#platform/repositories/payouts.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { now } from '#platform/time.ts';
import { BankAnswer } from './bank-answer.ts';
import { callbackRoute, type Received } from './callback-route.ts';

export const PayoutCallback = BankAnswer;
export type PayoutCallback = z.infer<typeof PayoutCallback>;

/**
 * The bank reports by itself. What it says for certain settles the payout at once, conditional on its version: an attempt
 * that is at work meets `ConcurrentChange`, reads again and finds it settled. What cannot be true is put on record.
 */
export async function runPayoutCallback(
  callback: PayoutCallback,
  dependencies: SettlementDependencies,
): Promise<Received> {
  const { money, now } = dependencies;
  return retryOnConflict(async () => {
    const payout = await money.findPayout(callback.reference);
    if (payout === undefined) return 'Unknown';
    const verdict = verdictOf(callback);
    if (verdict === undefined || isRepeat(payout, verdict)) return 'Accepted';
    if (isContradiction(payout, callback)) {
      const at = now().toISOString();
      await money.replacePayout(contradictPayout(payout, { said: callback.status, at }));
      return 'Accepted';
    }
    await settlePayout(payout, verdict, dependencies);
    return 'Accepted';
  });
}

function verdictOf(callback: PayoutCallback): Verdict | undefined {
  const actor = 'provider:bank';
  switch (callback.status) {
    case 'Paid': {
      const { bankReference, valueDate } = callback;
      return { outcome: 'Paid', bankReference, valueDate, actor };
    }
    case 'Refused':
      return { outcome: 'Refused', because: callback.reason, actor };
    case 'Processing':
      return undefined;
  }
}

function isRepeat(payout: Payout, verdict: Verdict): boolean {
  return payout.state === verdict.outcome || isContradicted(payout);
}

const Contradicted = z.looseObject({ type: z.literal('PayoutContradicted') });

function isContradicted({ event }: Payout): boolean {
  return Contradicted.safeParse(event).success;
}

/** Another amount, the opposite of what was settled, or news of what was never sent. */
function isContradiction(payout: Payout, callback: PayoutCallback): boolean {
  if (callback.status === 'Paid' && callback.amountFen !== payout.amountFen) return true;
  return payout.state === 'Paid' || payout.state === 'Refused' || payout.state === 'Intent';
}

export const handler = callbackRoute({
  body: PayoutCallback,
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
      catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
      now,
    };
  },
  run: runPayoutCallback,
});
