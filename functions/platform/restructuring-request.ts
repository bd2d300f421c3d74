import type { Catalog } from '#domain/catalog/ports.ts';
import type { LoanFile } from '#domain/servicing/loan-file.ts';
import { priceRestructuring, type RestructuringPlan } from '#domain/servicing/restructuring.ts';
import { viewAccount } from '#domain/servicing/view-account.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { openTask } from '#domain/tasks/open-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import type { Task } from '#domain/tasks/task.ts';
import { existing } from './existing.ts';
import { policyInForce } from './policy-in-force.ts';
import { currentTask } from './task-rounds.ts';

export interface RestructuringRequest {
  readonly file: LoanFile;
  readonly plan: RestructuringPlan;
  readonly reason: string;
  /** `partner:<partnerId>` or `operator:<operatorId>`. */
  readonly requestedBy: string;
  /** Who must not decide. */
  readonly excludedOperators: readonly string[];
}

/**
 * Puts a restructuring before a person, priced: what is shown is what the plan would do to this loan today. While one
 * request is open another finds that one: one question at a time.
 */
export async function askRestructuring(
  { file, plan, reason, requestedBy, excludedOperators }: RestructuringRequest,
  { tasks, catalog, now }: { tasks: Tasks; catalog: Catalog; now: () => Date },
): Promise<Task> {
  const { loanId, applicationId, partnerId, contractNumber } = file.loan;
  const at = now().toISOString();
  const pricedOn = businessDateOf(Date.parse(at));
  const policyPack = await policyInForce(catalog);
  const { sheet } = priceRestructuring(file, plan, { pricedOn, policyPack });
  const { round, task: open } = await currentTask(tasks, applicationId, 'ApproveRestructuring');
  if (open !== undefined) return open;
  const summary = { ...sheet, schedule: undefined };
  const task = openTask({
    kind: 'ApproveRestructuring',
    applicationId,
    partnerId,
    round,
    content: {
      loanId,
      contractNumber,
      plan: sheet.plan,
      reason,
      requestedBy,
      sheet: summary,
      account: viewAccount(file, pricedOn),
    },
    excludedOperators,
    at,
  });
  try {
    await tasks.create(task);
    return task;
  } catch (error) {
    if (!(error instanceof ConcurrentChange)) throw error;
    return existing(await tasks.find(task.taskId), 'such task');
  }
}
