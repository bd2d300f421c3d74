import { changeAggregate } from '../shared/change-aggregate.ts';
import { subjectFactsOf, type Task } from './task.ts';

/** The workflow has acted on the answer, or needs none any more: the task has done its work and leaves every list. */
export function closeTask(
  task: Task,
  close: { readonly at: string; readonly because: string },
): Task {
  const done = { ...task };
  delete done.queue;
  delete done.taskToken;
  return changeAggregate(done, {
    subjectId: task.taskId,
    patch: { status: 'Closed' },
    event: {
      type: 'TaskClosed',
      at: close.at,
      actor: 'workflow',
      facts: {
        taskId: task.taskId,
        ...subjectFactsOf(task),
        kind: task.kind,
        because: close.because,
      },
    },
  });
}
