import type { Clock } from '../clock.ts';
import type { ActivityTask } from './services.ts';

interface Waiter {
  readonly workerName: string | undefined;
  readonly resolve: (task: ActivityTask | undefined) => void;
}

/** Activities: tasks that workers outside fetch. */
export class Activities {
  readonly #clock: Clock;
  readonly #tasks = new Map<string, ActivityTask[]>();
  readonly #waiters = new Map<string, Waiter[]>();
  readonly created = new Map<string, { name: string; createdAtMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Puts a task before the workers of its activity; `isOpen` tells whether it is still wanted when one comes. */
  offer(
    task: ActivityTask,
    start: (task: ActivityTask, workerName: string | undefined) => boolean,
  ): void {
    const waiters = this.#waiters.get(task.activityArn) ?? [];
    const waiter = waiters.shift();
    if (!waiter) {
      const tasks = this.#tasks.get(task.activityArn) ?? [];
      tasks.push(task);
      this.#tasks.set(task.activityArn, tasks);
    } else if (start(task, waiter.workerName)) waiter.resolve(task);
    else waiters.unshift(waiter);
  }

  /** Waits up to `waitMs` for a task of the activity. */
  take(
    request: { activityArn: string; workerName: string | undefined; waitMs: number },
    start: (task: ActivityTask, workerName: string | undefined) => boolean,
  ): Promise<ActivityTask | undefined> {
    const { activityArn, workerName, waitMs } = request;
    const tasks = this.#tasks.get(activityArn) ?? [];
    for (let task = tasks.shift(); task; task = tasks.shift())
      if (start(task, workerName)) return Promise.resolve(task);
    const { promise, resolve } = Promise.withResolvers<ActivityTask | undefined>();
    const waiters = this.#waiters.get(activityArn) ?? [];
    const waiter: Waiter = { workerName, resolve };
    waiters.push(waiter);
    this.#waiters.set(activityArn, waiters);
    this.#clock.at(this.#clock.now() + waitMs, () => {
      const index = waiters.indexOf(waiter);
      if (index >= 0) waiters.splice(index, 1);
      resolve(undefined);
    });
    return promise;
  }
}
