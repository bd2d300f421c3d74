import * as z from 'zod';
import { isWithBank } from '#domain/servicing/bank-order.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ConcurrentChange, Unavailable } from '#domain/shared/errors.ts';
import { resumeOrder, type OrderDependencies } from '#platform/bank-orders.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { orderDependencies } from '#platform/order-dependencies.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { DynamoOpenOrders, type OpenOrders } from './open-orders.ts';

export interface SweepOrdersDependencies extends OrderDependencies {
  readonly openOrders: OpenOrders;
  /** No new attempt begins later than this after the sweep did. */
  readonly budgetMs: number;
}

/**
 * Takes up debits and refunds that are with the bank: asks it about what is unknown, and about what was claimed by an
 * attempt that must have ended. One that fails stops no other.
 */
export async function runSweepOrders(
  _schedule: unknown,
  dependencies: SweepOrdersDependencies,
): Promise<{ settled: number; open: number; failed: number }> {
  const { budgetMs, now, openOrders } = dependencies;
  const begun = performance.now();
  const counts = { settled: 0, open: 0, failed: 0 };
  for (const key of await openOrders.list(businessDateOf(now().getTime()))) {
    if (performance.now() - begun > budgetMs) break;
    try {
      const order = await resumeOrder(key, dependencies);
      if (order !== undefined && isWithBank(order)) counts.open += 1;
      else counts.settled += 1;
    } catch (error) {
      // Another attempt is at it.
      if (error instanceof ConcurrentChange) counts.open += 1;
      else counts.failed += 1;
    }
  }
  if (counts.failed > 0 && counts.settled + counts.open === 0)
    throw new Unavailable(`none of ${counts.failed} orders could be taken up`);
  return counts;
}

export const handler = workflowTask({
  input: z.unknown(),
  dependencies: () => ({
    ...orderDependencies(),
    openOrders: new DynamoOpenOrders(documentClient(), requireEnvironment('LOANS_TABLE')),
    budgetMs: 30_000,
  }),
  run: runSweepOrders,
});
