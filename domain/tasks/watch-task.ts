import { changeAggregate } from '../shared/change-aggregate.ts';
import { subjectFactsOf, type Task } from './task.ts';

const hourMs = 3_600_000;
/** A supervisor gets this long before the next escalation shows up in the watch again. */
const ESCALATED_HOURS = 24;

/** What the watch does with one open task at this instant: nothing, a reminder, or a supervisor. */
export function watchTask(task: Task, at: string): Task | undefined {
  if (task.status !== 'Open' || task.queue === undefined) return undefined;
  const { dueAt, remindAt } = task;
  if (isReached(dueAt, at) && task.escalatedAt === undefined) return escalate(task, at);
  if (remindAt !== undefined && isReached(remindAt, at) && task.remindedAt === undefined)
    return remind(task, at);
  return undefined;
}

/** Instants may be written with different offsets: they compare as points in time, not as text. */
function isReached(instant: string, at: string): boolean {
  return Date.parse(instant) <= Date.parse(at);
}

function remind(task: Task, at: string): Task {
  return changeAggregate(task, {
    subjectId: task.taskId,
    patch: { remindedAt: at },
    event: watchEvent(task, 'TaskReminded', at),
  });
}

/** Past its deadline: it leaves its queue, and its assignee, for the supervisors. */
function escalate(task: Task, at: string): Task {
  const free = { ...task };
  delete free.assignee;
  return changeAggregate(free, {
    subjectId: task.taskId,
    patch: {
      queue: 'Supervisor',
      escalatedAt: at,
      dueAt: new Date(Date.parse(at) + ESCALATED_HOURS * hourMs).toISOString(),
    },
    event: watchEvent(task, 'TaskEscalated', at),
  });
}

function watchEvent(task: Task, type: string, at: string) {
  const { taskId, kind, queue, dueAt } = task;
  return {
    type,
    at,
    actor: 'workflow',
    facts: { taskId, kind, ...subjectFactsOf(task), queue, dueAt },
  };
}
