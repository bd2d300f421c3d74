import type { Task } from '../tasks/task.ts';
import type { CollectionCase } from './case.ts';
import { changeCase } from './change-case.ts';

/** How long a granted relief has to become an agreement before the ladder goes on. */
const AGREEMENT_DAYS = 15;
const dayMs = 86_400_000;

/**
 * What an answered request changes. Granted hardship asks servicing for new terms and leaves the debtor alone meanwhile. A
 * dispute or complaint the debtor won keeps its rest until servicing has put the loan right, for as long; otherwise the
 * case goes on. Undefined: it was answered before.
 */
export function answerPause(
  collectionCase: CollectionCase,
  answered: { readonly pauseId: string; readonly task: Task; readonly at: string },
): CollectionCase | undefined {
  const { pauseId, task, at } = answered;
  const pause = collectionCase.pauses.find((each) => each.pauseId === pauseId);
  const decision = task.decisions.at(-1);
  if (pause === undefined || decision === undefined) return undefined;
  const isGranted = decision.outcome === 'Approve' || decision.outcome === 'Overturn';
  const until = new Date(Date.parse(at) + AGREEMENT_DAYS * dayMs).toISOString();
  return changeCase(collectionCase, {
    type: typeOf(pause.kind, isGranted),
    at,
    actor: `operator:${decision.operatorId}`,
    patch: {
      pauses: collectionCase.pauses.filter((each) => each !== pause),
      ...(isGranted ? { notBefore: until } : {}),
    },
    facts: {
      pauseId,
      kind: pause.kind,
      outcome: decision.outcome,
      taskId: task.taskId,
      loanIds: pause.loanIds ?? collectionCase.loans.map(({ loanId }) => loanId),
      ...(isGranted ? { until } : {}),
    },
  });
}

function typeOf(kind: 'Hardship' | 'Dispute' | 'Complaint', isGranted: boolean): string {
  if (kind === 'Hardship') return isGranted ? 'HardshipGranted' : 'HardshipRefused';
  return isGranted ? `${kind}Upheld` : `${kind}Rejected`;
}
