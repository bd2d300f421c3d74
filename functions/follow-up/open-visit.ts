import * as z from 'zod';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Questionnaire } from '#domain/follow-up/questionnaire.ts';
import { visitTask } from '#domain/follow-up/visit-task.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { now } from '#platform/time.ts';

export const VisitDue = z.looseObject({ loanId: LoanId, visitNumber: z.int().min(1) });

export interface OpenVisitDependencies {
  readonly loans: Loans;
  readonly catalog: Catalog;
  readonly tasks: Tasks;
  readonly now: () => Date;
}

/** Puts a visit that has fallen due into the queue. The event may come again: the task of its number is there already. */
export async function runOpenVisit(
  { loanId, visitNumber }: z.infer<typeof VisitDue>,
  { loans, catalog, tasks, now }: OpenVisitDependencies,
): Promise<{ outcome: 'Opened' | 'OpenedBefore' | 'LoanEnded' }> {
  const loan = existing(await loans.find(loanId), `loan ${loanId}`);
  if (loan.status !== 'Active') return { outcome: 'LoanEnded' };
  const found = await catalog.find({ kind: 'questionnaire', id: 'follow-up' }, Questionnaire);
  const questionnaire = existing(found, 'questionnaire follow-up');
  try {
    await tasks.create(visitTask(loan, { visitNumber, questionnaire, at: now().toISOString() }));
    return { outcome: 'Opened' };
  } catch (error) {
    if (error instanceof ConcurrentChange) return { outcome: 'OpenedBefore' };
    throw error;
  }
}

export const handler = eventConsumer({
  detail: VisitDue,
  dependencies: () => {
    const documents = documentClient();
    return {
      loans: new DynamoLoans(documents, requireEnvironment('LOANS_TABLE')),
      catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
      tasks: new DynamoTasks(documents, requireEnvironment('TASKS_TABLE')),
      now,
    };
  },
  run: runOpenVisit,
});
