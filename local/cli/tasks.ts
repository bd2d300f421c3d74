import { Queue } from '#domain/tasks/task.ts';
import { everyItem } from '../sandbox/page-items.ts';
import { PlatformProblem, type PlatformClient } from '../sandbox/platform-client.ts';
import { tableOf } from './replay-summary.ts';

/** One row of a task list. */
export type TaskRow = Readonly<Record<string, unknown>>;

/** The open tasks of one queue, or of every queue one may work: the rest is not shown. */
export async function openTasks(operator: PlatformClient, queue?: string): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  const mine = queue === undefined ? Queue.options : [queue];
  for (const name of mine)
    try {
      for await (const row of everyItem(operator, `/ops/tasks?queue=${encodeURIComponent(name)}`))
        rows.push(row);
    } catch (error) {
      const isOthers = error instanceof PlatformProblem && error.status === 403;
      if (!isOthers || queue !== undefined) throw error;
    }
  return rows.toSorted((a, b) => textOf(a['dueAt']).localeCompare(textOf(b['dueAt'])));
}

/** The list as lines for a person. */
export function describeTasks(rows: readonly TaskRow[]): string[] {
  if (rows.length === 0) return ['nothing waits for anybody'];
  const cells = rows.map((row) =>
    ['taskId', 'queue', 'kind', 'applicationId', 'dueAt', 'assignee'].map((name) =>
      textOf(row[name]),
    ),
  );
  return tableOf([['task', 'queue', 'kind', 'application', 'due', 'held by'], ...cells], 99);
}

/** Claims a task and decides it as it is shown at this moment. */
export async function decideTask(
  operator: PlatformClient,
  decision: {
    readonly taskId: string;
    readonly outcome: string;
    readonly note?: string;
    readonly answers?: Readonly<Record<string, string>>;
  },
): Promise<Readonly<Record<string, unknown>>> {
  const { taskId, outcome, note, answers } = decision;
  const { body: task } = await operator.post(`/ops/tasks/${taskId}/claim`, {});
  const shown =
    task['contentHash'] === undefined ? await operator.get(`/ops/tasks/${taskId}`) : task;
  const answer = await operator.post(`/ops/tasks/${taskId}/decision`, {
    outcome,
    contentHash: shown['contentHash'],
    ...(note !== undefined && { note }),
    ...(answers !== undefined && { answers }),
  });
  return answer.body;
}

/** `useOfFunds=AsAgreed` and the like as one record. A word without `=` is refused. */
export function answersOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at < 1) throw new Error(`--answer ${word} is not name=value`);
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
