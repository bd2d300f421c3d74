import * as z from 'zod';
import { businessDateOf } from '../shared/calendar.ts';
import type { Task } from '../tasks/task.ts';

const Ranked = z.object({ priority: z.int().default(0) });

/** The accounts nobody holds, the best to work next first: the day of the deadline, then what is at stake, then who waited longest. */
export function nextBest(tasks: readonly Task[], operatorId: string): readonly Task[] {
  return tasks
    .filter(
      ({ status, assignee, excludedOperators }) =>
        status === 'Open' && assignee === undefined && !excludedOperators.includes(operatorId),
    )
    .map((task) => ({ task, rank: rankOf(task) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ task }) => task);
}

type Rank = readonly [dueOn: string, priority: number, openedAt: string];

function rankOf({ dueAt, content, openedAt }: Task): Rank {
  const { priority } = Ranked.catch({ priority: 0 }).parse(content);
  return [businessDateOf(Date.parse(dueAt)), -priority, openedAt];
}

function compare([dueA, priorityA, openedA]: Rank, [dueB, priorityB, openedB]: Rank): number {
  if (dueA !== dueB) return dueA < dueB ? -1 : 1;
  if (priorityA !== priorityB) return priorityA - priorityB;
  return openedA < openedB ? -1 : openedA > openedB ? 1 : 0;
}
