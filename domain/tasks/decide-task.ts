import { changeAggregate } from '../shared/change-aggregate.ts';
import { assertProven } from '../collateral/collateral-task.ts';
import { assertAnswered } from '../follow-up/questionnaire.ts';
import { questionsOf } from '../follow-up/visit-task.ts';
import { Forbidden, InvalidInput, InvalidTransition } from '../shared/errors.ts';
import {
  type OperatorRole,
  outcomesByKind,
  queueRoles,
  subjectFactsOf,
  type Task,
  type TaskDecision,
} from './task.ts';

export interface Operator {
  readonly operatorId: string;
  readonly roles: readonly OperatorRole[];
}

export interface TaskAnswer {
  readonly outcome: TaskDecision['outcome'];
  readonly contentHash: string;
  readonly note?: string | undefined;
  readonly reasonCodes?: readonly string[] | undefined;
  readonly documentsRequested?: readonly string[] | undefined;
  readonly answers?: Readonly<Record<string, string>> | undefined;
}

/**
 * Records one person's decision. Maker is not checker, nobody decides twice, and the decision is bound to the hash of what
 * was shown. The task is decided when enough people approved, or one did anything else.
 */
export function decideTask(
  task: Task,
  decision: {
    readonly operator: Operator;
    readonly answer: TaskAnswer;
    readonly at: string;
    /** The idempotency mark of the request and the digest of its body. */
    readonly applied?: Readonly<Record<string, string>>;
  },
): Task {
  const { operator, answer, at } = decision;
  assertMayWork(task, operator);
  assertFits(task, answer);
  const decisions: TaskDecision[] = [
    ...task.decisions,
    {
      outcome: answer.outcome,
      operatorId: operator.operatorId,
      at,
      ...(answer.note === undefined ? {} : { note: answer.note }),
      reasonCodes: [...(answer.reasonCodes ?? [])],
      documentsRequested: [...(answer.documentsRequested ?? [])],
      ...(answer.answers === undefined ? {} : { answers: { ...answer.answers } }),
      contentHash: answer.contentHash,
    },
  ];
  const isComplete = answer.outcome !== 'Approve' || decisions.length >= task.approvalsRequired;
  return changeAggregate(isComplete ? withoutQueue(task) : withoutAssignee(task), {
    subjectId: task.taskId,
    patch: {
      decisions,
      applied: { ...task.applied, ...decision.applied },
      excludedOperators: [...task.excludedOperators, operator.operatorId],
      ...(isComplete ? { status: 'Decided' as const } : {}),
    },
    event: {
      type: isComplete ? 'TaskDecided' : 'TaskApprovedOnce',
      at,
      actor: `operator:${operator.operatorId}`,
      facts: {
        taskId: task.taskId,
        kind: task.kind,
        ...subjectFactsOf(task),
        outcome: answer.outcome,
        contentHash: answer.contentHash,
        reasonCodes: answer.reasonCodes ?? [],
      },
    },
  });
}

/** Takes a task for oneself, so that two people do not read the same file. */
export function claimTask(
  task: Task,
  claim: {
    readonly operator: Operator;
    readonly at: string;
    readonly applied?: Readonly<Record<string, string>>;
  },
): Task {
  const { operator, at } = claim;
  assertMayWork(task, operator);
  if (task.assignee !== undefined && task.assignee !== operator.operatorId)
    throw new InvalidTransition(`task ${task.taskId} is claimed by somebody else`);
  return changeAggregate(task, {
    subjectId: task.taskId,
    patch: { assignee: operator.operatorId, applied: { ...task.applied, ...claim.applied } },
    event: taskEvent(task, 'TaskClaimed', { at, actor: `operator:${operator.operatorId}` }),
  });
}

/** Gives a claimed task back to its queue. */
export function releaseTask(
  task: Task,
  release: {
    readonly operator: Operator;
    readonly at: string;
    readonly applied?: Readonly<Record<string, string>>;
  },
): Task {
  const { operator, at } = release;
  if (task.status !== 'Open') throw new InvalidTransition(`task ${task.taskId} is ${task.status}`);
  const isSupervisor = operator.roles.includes('Supervisor');
  if (task.assignee !== operator.operatorId && !isSupervisor)
    throw new InvalidTransition(`task ${task.taskId} is not claimed by you`);
  const free = { ...task };
  delete free.assignee;
  return changeAggregate(free, {
    subjectId: task.taskId,
    patch: { applied: { ...task.applied, ...release.applied } },
    event: taskEvent(task, 'TaskReleased', { at, actor: `operator:${operator.operatorId}` }),
  });
}

/** Says whether the person may see and work the task at all. */
export function mayWork(task: Task, operator: Operator): boolean {
  const { queue } = task;
  return queue !== undefined && operator.roles.some((role) => queueRoles[queue].includes(role));
}

function assertMayWork(task: Task, operator: Operator): void {
  if (task.status !== 'Open') throw new InvalidTransition(`task ${task.taskId} is ${task.status}`);
  if (!mayWork(task, operator))
    throw new Forbidden(`your roles do not include the queue of task ${task.taskId}`);
  if (task.excludedOperators.includes(operator.operatorId))
    throw new Forbidden(`you had a part in what task ${task.taskId} checks: somebody else decides`);
}

function assertFits(task: Task, answer: TaskAnswer): void {
  if (!outcomesByKind[task.kind].includes(answer.outcome))
    throw new InvalidInput(
      outcomesByKind[task.kind].length === 0
        ? `a ${task.kind} task is not answered here`
        : `a ${task.kind} task is answered by ${outcomesByKind[task.kind].join(', ')}`,
    );
  if (answer.contentHash !== task.contentHash)
    throw new InvalidTransition(`task ${task.taskId} shows something else now: read it again`);
  if (answer.outcome === 'RequestMore' && (answer.documentsRequested ?? []).length === 0)
    throw new InvalidInput('name the documents to ask for in documentsRequested');
  if (task.kind === 'FollowUpVisit') assertAnswered(questionsOf(task), answer.answers ?? {});
  else if (isAboutCollateral(task) && answer.outcome === 'Complete')
    assertProven(task, answer.answers ?? {});
  else if (answer.answers !== undefined)
    throw new InvalidInput(`a ${task.kind} task asks no questions`);
}

function isAboutCollateral({ kind }: Task): boolean {
  return kind === 'RegisterCollateral' || kind === 'ReleaseCollateral';
}

function withoutQueue(task: Task): Task {
  const done = { ...task };
  delete done.queue;
  return done;
}

/** The second approver is somebody else, who must be able to take the task. */
function withoutAssignee(task: Task): Task {
  const free = { ...task };
  delete free.assignee;
  return free;
}

function taskEvent(task: Task, type: string, by: { readonly at: string; readonly actor: string }) {
  const { taskId, kind } = task;
  return { type, ...by, facts: { taskId, kind, ...subjectFactsOf(task) } };
}
