import * as z from 'zod';
import { renewRun } from '#domain/collections/renew-run.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { existing } from '#platform/existing.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { collectionDependencies } from './collection-dependencies.ts';
import type { Escalations } from './escalations.ts';

export const RenewEscalationInput = z.object({
  borrowerKey: z.string().min(1),
  lenderId: z.string().min(1),
  opening: z.int().min(1),
  run: z.int().min(1),
});

export interface RenewEscalationDependencies {
  readonly cases: Cases;
  readonly escalations: Escalations;
  readonly now: () => Date;
}

/** Goes on under a new execution: the case names it first, so that a repeat starts the same one. */
export async function runRenewEscalation(
  { borrowerKey, lenderId, opening, run }: z.infer<typeof RenewEscalationInput>,
  { cases, escalations, now }: RenewEscalationDependencies,
): Promise<{ run: number }> {
  const current = await retryOnConflict(async () => {
    const found = existing(await cases.find(borrowerKey, lenderId), 'such case');
    const next = renewRun(found, { opening, run, at: now().toISOString() });
    if (next !== undefined) await cases.replace(next);
    return next ?? found;
  });
  if (current.status === 'Open' && current.opening === opening && current.run === run + 1)
    await escalations.start({
      caseId: current.caseId,
      borrowerKey,
      lenderId,
      opening,
      run: current.run,
    });
  return { run: current.run };
}

export const handler = workflowTask({
  input: RenewEscalationInput,
  dependencies: collectionDependencies,
  run: runRenewEscalation,
});
