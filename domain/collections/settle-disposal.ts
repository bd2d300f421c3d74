import type { Task } from '../tasks/task.ts';
import type { CloseReason, CollectionCase } from './case.ts';
import { completeStep } from './choose-step.ts';
import { closeCase } from './close-case.ts';
import type { StepAction } from './strategy.ts';

/** Disposals after which there is nothing left for us to do. */
const endings: Readonly<Partial<Record<StepAction, CloseReason>>> = {
  LegalAction: 'LegalAction',
  TransferClaim: 'Transferred',
};

/**
 * Lets what people decided about a disposal take effect. Approved, a lawsuit or a sale ends the case; a write-off or a
 * compensation ends it when servicing says so. Rejected, or impossible after all, the ladder goes on.
 */
export function settleDisposal(
  collectionCase: CollectionCase,
  settled: {
    readonly task: Task;
    readonly on: string;
    readonly at: string;
    /** Why servicing could not do what was approved. */
    readonly obstacle?: string | undefined;
  },
): CollectionCase | undefined {
  const { pending } = collectionCase;
  const { task, on, at, obstacle } = settled;
  const decision = task.decisions.at(-1);
  if (pending === undefined || task.status !== 'Decided' || decision === undefined)
    return undefined;
  const actor = `operator:${decision.operatorId}`;
  const because = endings[pending.action];
  if (decision.outcome === 'Approve' && obstacle !== undefined)
    return completeStep(collectionCase, {
      number: pending.number,
      ...{ result: obstacle, on, at, actor },
    });
  if (decision.outcome === 'Approve' && because !== undefined)
    return closeCase(collectionCase, { because, at, actor, costFen: pending.costFen });
  const result = decision.outcome === 'Approve' ? 'Approved' : 'Rejected';
  return completeStep(collectionCase, { number: pending.number, result, on, at, actor });
}
