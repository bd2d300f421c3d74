import { changeAggregate } from '../shared/change-aggregate.ts';
import { contentHashOf } from '../shared/content-hash.ts';
import { subjectFactsOf, type Task } from './task.ts';

/**
 * A workflow that waits again for an open task brings its new token, and what is to be seen now. When that differs from
 * what was shown, what somebody approved before counts no more: it was another content.
 */
export function renewTask(
  task: Task,
  renewal: {
    readonly taskToken: string;
    readonly content: Readonly<Record<string, unknown>>;
    readonly at: string;
  },
): Task {
  const isSame = contentHashOf(renewal.content) === task.contentHash;
  return changeAggregate(task, {
    subjectId: task.taskId,
    patch: {
      taskToken: renewal.taskToken,
      ...(isSame ? {} : shownAnew(task, renewal.content)),
    },
    event: {
      type: 'TaskRenewed',
      at: renewal.at,
      actor: 'workflow',
      facts: { taskId: task.taskId, kind: task.kind, ...subjectFactsOf(task) },
    },
  });
}

/** Who approved the content of before may judge the new one; who may not decide at all still may not. */
function shownAnew(task: Task, content: Readonly<Record<string, unknown>>) {
  const approvers = task.decisions.map(({ operatorId }) => operatorId);
  return {
    content: { ...content },
    contentHash: contentHashOf(content),
    decisions: [],
    excludedOperators: task.excludedOperators.filter((operator) => !approvers.includes(operator)),
  };
}
