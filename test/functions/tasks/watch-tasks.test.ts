import { describe, expect, it } from 'vitest';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { applicationOf } from '#domain/tasks/task.ts';
import { runWatchTasks } from '#functions/tasks/watch-tasks.ts';
import { aTask } from '#test/domain/builders.ts';
import { InMemoryTasks } from '#test/support/in-memory-tasks.ts';

const openedAt = Date.parse('2026-11-23T02:00:00.000Z');
const after = (hours: number) => (): Date => new Date(openedAt + hours * 3_600_000);

async function withTasks(count: number): Promise<InMemoryTasks> {
  const tasks = new InMemoryTasks();
  for (let round = 1; round <= count; round += 1)
    await tasks.create(aTask({ round, at: new Date(openedAt).toISOString() }));
  return tasks;
}

describe('watch-tasks', () => {
  it('reminds once, then passes what is late to the supervisors once', async () => {
    const tasks = await withTasks(1);
    expect(await runWatchTasks({}, { tasks, now: after(1) })).toEqual({ watched: 1, changed: 0 });
    expect(await runWatchTasks({}, { tasks, now: after(5) })).toEqual({ watched: 1, changed: 1 });
    expect(await runWatchTasks({}, { tasks, now: after(6) })).toEqual({ watched: 1, changed: 0 });
    const late = await runWatchTasks({}, { tasks, now: after(25) });
    expect(late.changed).toBe(1);
    const [task] = await tasks.listByApplication(applicationOf(aTask()));
    expect(task).toMatchObject({ queue: 'Supervisor', status: 'Open' });
    expect((await runWatchTasks({}, { tasks, now: after(26) })).changed).toBe(0);
  });

  it('looks at every page of a queue', async () => {
    const tasks = await withTasks(230);
    expect(await runWatchTasks({}, { tasks, now: after(5) })).toEqual({
      watched: 230,
      changed: 230,
    });
  });

  it('goes on with the others when somebody takes one at the same moment', async () => {
    const tasks = await withTasks(3);
    const replace = tasks.replace.bind(tasks);
    let calls = 0;
    tasks.replace = (next) => {
      calls += 1;
      return calls === 2 ? Promise.reject(new ConcurrentChange('taken')) : replace(next);
    };
    const watched = await runWatchTasks({}, { tasks, now: after(5) });
    expect(watched).toEqual({ watched: 3, changed: 2 });
  });
});
