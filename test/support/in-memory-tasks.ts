import type { Page, PageRequest } from '#domain/shared/page.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import type { Queue, Task } from '#domain/tasks/task.ts';
import { InMemoryItems } from './in-memory-items.ts';
import { pageOf } from './in-memory-pages.ts';

export class InMemoryTasks implements Tasks {
  readonly #items = new InMemoryItems<Task>();

  find(taskId: string): Promise<Task | undefined> {
    return Promise.resolve(this.#items.find(taskId));
  }

  create(task: Task): Promise<void> {
    return this.replace(task);
  }

  replace(next: Task): Promise<void> {
    return Promise.resolve().then(() => {
      this.#items.store(next.taskId, next);
    });
  }

  listInbox(
    { queue, dueBefore }: { readonly queue: Queue; readonly dueBefore?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Task>> {
    const items = this.#items
      .all()
      .filter((task) => task.queue === queue)
      .filter(({ dueAt }) => dueBefore === undefined || dueAt <= dueBefore)
      .sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
    return Promise.resolve(pageOf(items, page));
  }

  listByApplication(applicationId: string): Promise<readonly Task[]> {
    const items = this.#items.all().filter((task) => task.applicationId === applicationId);
    return Promise.resolve(items.sort((a, b) => (a.openedAt < b.openedAt ? -1 : 1)));
  }
}
