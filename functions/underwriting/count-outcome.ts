import * as z from 'zod';
import type { Catalog } from '#domain/catalog/ports.ts';
import { WatchLimits } from '#domain/catalog/watch-limits.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { countOutcome } from '#domain/underwriting/model-watch/count-decision.ts';
import { outcomeOfLoan } from '#domain/underwriting/model-watch/outcome-of-loan.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { cardOfDecision } from './card-of-decision.ts';
import type { CountDecisionDependencies } from './count-decision.ts';
import { watchDependencies } from './watch-dependencies.ts';

const LoanTold = z.object({
  loanId: LoanId,
  daysPastDue: z.int().optional(),
  isSettled: z.boolean().optional(),
});

export interface CountOutcomeDependencies extends CountDecisionDependencies {
  readonly loans: Loans;
}

/** Counts how a loan turned out, once, under the card and the month it was decided by. */
export async function runCountOutcome(
  { loanId, ...facts }: z.infer<typeof LoanTold>,
  { counters, loans, ...readers }: CountOutcomeDependencies,
  { eventType }: { readonly eventType: string },
): Promise<void> {
  const limits = await watchLimitsOf(readers.catalog);
  const outcome = outcomeOfLoan({ type: eventType, ...facts }, limits.badFromDaysPastDue);
  if (outcome === undefined) return;
  const { applicationId } = existing(await loans.find(loanId), `loan ${loanId}`);
  const decided = await cardOfDecision(applicationId, readers);
  if (decided !== undefined) await counters.count(countOutcome(decided.record, outcome));
}

async function watchLimitsOf(catalog: Catalog): Promise<WatchLimits> {
  const limits = await catalog.find({ kind: 'watch-limits', id: 'default' }, WatchLimits);
  return existing(limits, 'watch limits default');
}

export const handler = eventConsumer({
  detail: LoanTold,
  dependencies: () => ({
    ...watchDependencies(),
    loans: new DynamoLoans(documentClient(), requireEnvironment('LOANS_TABLE')),
  }),
  run: runCountOutcome,
});
