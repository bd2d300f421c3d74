import type { Page, PageRequest } from '../shared/page.ts';
import type { Queue, Task } from './task.ts';

/** Where tasks are kept. Every write throws `ConcurrentChange` when the version read is no longer the stored one. */
export interface Tasks {
  find(taskId: string): Promise<Task | undefined>;
  /** Throws `ConcurrentChange` when a task with this id exists. */
  create(task: Task): Promise<void>;
  replace(next: Task): Promise<void>;
  /** The open tasks of one queue, the most urgent first. */
  listInbox(
    filter: { readonly queue: Queue; readonly dueBefore?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Task>>;
  /** Every task of one application, oldest first. Read from an index: it may lag behind by a moment. */
  listByApplication(applicationId: string): Promise<readonly Task[]>;
}
