import { outcomesByKind, Task } from '#domain/tasks/task.ts';
import * as z from 'zod';

/** A task as operators see it: never the workflow's token. */
export const TaskView = Task.pick({
  taskId: true,
  version: true,
  kind: true,
  status: true,
  applicationId: true,
  partnerId: true,
  about: true,
  queue: true,
  dueAt: true,
  remindedAt: true,
  escalatedAt: true,
  openedAt: true,
  excludedOperators: true,
  approvalsRequired: true,
  decisions: true,
  assignee: true,
  content: true,
  contentHash: true,
})
  .extend({ outcomes: z.array(z.string()) })
  .meta({ id: 'Task' });
export type TaskView = z.infer<typeof TaskView>;

/** The task with the answers its kind allows. */
export function viewTask(task: Task): TaskView {
  return { ...task, outcomes: [...outcomesByKind[task.kind]] };
}
