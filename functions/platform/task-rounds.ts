import { taskIdOf } from '#domain/shared/ids.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import type { Task, TaskKind } from '#domain/tasks/task.ts';

/** The task a wait of the workflow is about now, and the number of its round. */
export interface CurrentTask {
  readonly round: number;
  readonly task: Task | undefined;
}

/** A question asked this often is a loop that went wrong. */
const ROUNDS_MAX = 50;

/**
 * Finds the first round of a kind of task that the workflow has not finished with. The ids follow from the round, so this
 * reads keys and no index: a repeated step meets the task it opened before.
 */
export async function currentTask(
  tasks: Pick<Tasks, 'find'>,
  subjectId: string,
  kind: TaskKind,
): Promise<CurrentTask> {
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const task = await tasks.find(taskIdOf(subjectId, kind, round));
    if (task?.status !== 'Closed') return { round, task };
  }
  throw new Error(`${subjectId} had ${ROUNDS_MAX} tasks of kind ${kind}`);
}
