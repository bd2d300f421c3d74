import type { Task } from '../tasks/task.ts';
import type { CollectionCase, Pause, ReliefRequest } from './case.ts';
import { changeCase } from './change-case.ts';
import { changeRest } from './change-rest.ts';
import type { ConductLimits } from './conduct-limits.ts';

const dayMs = 86_400_000;

/**
 * What an answered request changes. Granted hardship goes on as a restructuring that servicing was asked for, and the case
 * rests until that has ended. A dispute or complaint the debtor won, or relief that servicing cannot give as it was asked
 * for, leaves the debtor alone for the days of the policy, in which people put it right; otherwise the case goes on.
 * Undefined: it was answered before.
 */
export function answerPause(
  collectionCase: CollectionCase,
  answered: {
    readonly pauseId: string;
    readonly task: Task;
    readonly at: string;
    readonly limits: Pick<ConductLimits, 'reliefAgreementDays'>;
    /** What servicing was asked for, of granted hardship. */
    readonly requests?: readonly ReliefRequest[];
  },
): CollectionCase | undefined {
  const { pauseId, task, at, limits, requests = [] } = answered;
  const pause = collectionCase.pauses.find((each) => each.pauseId === pauseId);
  const decision = task.decisions.at(-1);
  if (pause === undefined || pause.kind === 'Restructuring' || decision === undefined)
    return undefined;
  const isGranted = isGrant(task);
  const others = collectionCase.pauses.filter((each) => each !== pause);
  const isAsked = isGranted && requests.length > 0;
  const until = new Date(Date.parse(at) + limits.reliefAgreementDays * dayMs).toISOString();
  return changeCase(collectionCase, {
    type: typeOf(pause.kind, isGranted),
    at,
    actor: `operator:${decision.operatorId}`,
    patch: {
      ...changeRest(collectionCase, {
        pauses: isAsked ? [...others, restructuringOf(pause, requests)] : others,
        at,
      }),
      ...(isGranted && !isAsked ? { notBefore: until } : {}),
    },
    facts: {
      pauseId,
      kind: pause.kind,
      outcome: decision.outcome,
      taskId: task.taskId,
      loanIds: pause.loanIds ?? collectionCase.loans.map(({ loanId }) => loanId),
      ...(isAsked ? { requests: requests.map(({ taskId }) => taskId) } : {}),
      ...(isGranted && !isAsked ? { until } : {}),
    },
  });
}

/** Whether people gave the debtor what was asked for. */
export function isGrant({ decisions }: Pick<Task, 'decisions'>): boolean {
  const outcome = decisions.at(-1)?.outcome;
  return outcome === 'Approve' || outcome === 'Overturn';
}

/** The same rest, now for something else. By when it must have ended is known when the offer is made. */
function restructuringOf(pause: Pause, requests: readonly ReliefRequest[]): Pause {
  return { ...pause, kind: 'Restructuring', requests: [...requests] };
}

function typeOf(kind: 'Hardship' | 'Dispute' | 'Complaint', isGranted: boolean): string {
  if (kind === 'Hardship') return isGranted ? 'HardshipGranted' : 'HardshipRefused';
  return isGranted ? `${kind}Upheld` : `${kind}Rejected`;
}
