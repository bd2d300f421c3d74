import * as z from 'zod';
import type { Catalog } from '#domain/catalog/ports.ts';
import { offerRestructuring } from '#domain/servicing/offer-restructuring.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import { RestructuringPlan } from '#domain/servicing/restructuring.ts';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { LoanId, TaskId } from '#domain/shared/primitives.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { policyInForce } from '#platform/policy-in-force.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { now } from '#platform/time.ts';

const RestructuringDecided = z.object({
  subjectId: TaskId,
  kind: z.literal('ApproveRestructuring'),
  outcome: z.enum(['Approve', 'Reject']),
});

/** What the approver was shown: the decision is bound to its hash. */
const Shown = z.looseObject({
  loanId: LoanId,
  plan: RestructuringPlan,
  reason: z.string(),
  requestedBy: z.string(),
});

export interface OfferRestructuringDependencies {
  readonly files: LoanFiles;
  readonly tasks: Tasks;
  readonly catalog: Catalog;
  readonly now: () => Date;
}

/**
 * Turns an approved restructuring into an offer for the borrower. The event may come again: a closed task has done its
 * work. A loan that can no longer be changed so (paid off, dearer than the cap of today) gets no offer, and the task says why.
 */
export async function runOfferRestructuring(
  { subjectId }: z.infer<typeof RestructuringDecided>,
  { files, tasks, catalog, now }: OfferRestructuringDependencies,
): Promise<{ outcome: string }> {
  const task = existing(await tasks.find(subjectId), `task ${subjectId}`);
  const decision = task.decisions.at(-1);
  if (task.status !== 'Decided' || decision === undefined) return { outcome: 'DoneBefore' };
  const { loanId, plan, reason, requestedBy } = Shown.parse(task.content);
  const policyPack = await policyInForce(catalog);
  const at = now().toISOString();
  let outcome: string = decision.outcome === 'Approve' ? 'Offered' : 'Rejected';
  if (decision.outcome === 'Approve')
    await retryOnConflict(async () => {
      const file = existing(await files.find(loanId), `loan ${loanId}`);
      const approved = { plan, reason, requestedBy, approvedBy: decision.operatorId };
      try {
        await files.store({ loan: offerRestructuring(file, approved, { policyPack, at }) });
      } catch (error) {
        if (!(error instanceof InvalidTransition)) throw error;
        outcome = `NotOffered: ${error.message}`;
      }
    });
  await tasks.replace(closeTask(task, { at, because: outcome }));
  return { outcome };
}

export const handler = eventConsumer({
  detail: RestructuringDecided,
  dependencies: () => ({
    files: new DynamoLoanFiles(documentClient(), requireEnvironment('LOANS_TABLE')),
    tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
    now,
  }),
  run: runOfferRestructuring,
});
