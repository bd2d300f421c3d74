import * as z from 'zod';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { CollectionCase } from '#domain/collections/case.ts';
import type { Debts } from '#domain/collections/debt.ts';
import { openCase } from '#domain/collections/open-case.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { wakeCase, type CaseWorkPorts } from '#platform/case-work.ts';
import { collectingLender, strategyInForce } from '#platform/collection-catalog.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { collectionDependencies } from './collection-dependencies.ts';
import type { Escalations } from './escalations.ts';

export const LoanOverdue = z.object({ loanId: LoanId });

export interface OpenCaseDependencies extends CaseWorkPorts {
  readonly cases: Cases;
  readonly catalog: Catalog;
  readonly debts: Debts;
  readonly escalations: Escalations;
}

/**
 * Takes an overdue loan up. The event may come late, twice, or after the money: what counts is what the loan owes now. The
 * case is stored before the workflow starts, and the workflow's name follows from it, so a repeat starts nothing twice.
 */
export async function runOpenCase(
  { loanId }: z.infer<typeof LoanOverdue>,
  dependencies: OpenCaseDependencies,
): Promise<void> {
  const { cases, catalog, debts, escalations, now } = dependencies;
  const at = now();
  const debt = await debts.find(loanId, businessDateOf(at.getTime()));
  if (debt?.standing !== 'Overdue') return;
  const { borrowerKey, lenderId } = debt;
  const lender = await collectingLender(catalog, lenderId);
  const strategy = await strategyInForce(catalog, lender.collection.strategyId);
  const opened = await retryOnConflict(async () => {
    const known = await cases.find(borrowerKey, lenderId);
    const { lenderType } = lender;
    const next = openCase(known, { debt, lenderType, strategy, at: at.toISOString() });
    if (next !== undefined) await cases.replace(next);
    return { current: next ?? known, isAdded: next?.event.type === 'CaseLoanAdded' };
  });
  if (opened.current?.status !== 'Open') return;
  await escalations.start(executionOf(opened.current));
  if (opened.isAdded) await wakeCase(opened.current, 'LoanAdded', dependencies);
}

function executionOf({ caseId, borrowerKey, lenderId, opening, run }: CollectionCase) {
  return { caseId, borrowerKey, lenderId, opening, run };
}

export const handler = eventConsumer({
  detail: LoanOverdue,
  dependencies: collectionDependencies,
  run: runOpenCase,
});
