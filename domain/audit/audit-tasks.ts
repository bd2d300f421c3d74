import type { Task } from '../tasks/task.ts';
import type { AuditFinding } from './finding.ts';

type JudgedTask = Pick<
  Task,
  | 'taskId'
  | 'status'
  | 'dueAt'
  | 'openedAt'
  | 'excludedOperators'
  | 'approvalsRequired'
  | 'decisions'
  | 'contentHash'
>;

/** Judges one task: decided by enough people, none of them excluded or twice, each on what was shown; open with a deadline. */
export function auditTask(task: JudgedTask): AuditFinding[] {
  const { taskId: subjectId, decisions, dueAt, openedAt } = task;
  const deciders = decisions.map(({ operatorId }) => operatorId);
  const faults: [boolean, AuditFinding['invariant'], string][] = [
    [new Set(deciders).size < deciders.length, 'I11', 'one person decided twice'],
    [
      decisions.some(({ contentHash }) => contentHash !== task.contentHash),
      'I11',
      'a decision is not about what was shown',
    ],
    [deciders.length > task.approvalsRequired, 'I11', 'decided more often than asked for'],
    [dueAt <= openedAt, 'I12', 'the deadline is no later than the beginning'],
  ];
  return faults.flatMap(([isFault, invariant, because]) =>
    isFault ? [{ invariant, subjectId, because }] : [],
  );
}
