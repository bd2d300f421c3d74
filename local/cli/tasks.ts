import { everyItem } from '../sandbox/page-items.ts';
import type { PlatformClient } from '../sandbox/platform-client.ts';
import { tableOf } from './replay-summary.ts';

/** One row of a task list. */
export type TaskRow = Readonly<Record<string, unknown>>;

const queues = [
  'DocumentReview',
  'CreditReview',
  'Approval',
  'PayoutReview',
  'DecisionReview',
  'Supervisor',
];

/** The open tasks of one queue, or of all of them. */
export async function openTasks(operator: PlatformClient, queue?: string): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  for (const name of queue === undefined ? queues : [queue])
    for await (const row of everyItem(operator, `/ops/tasks?queue=${encodeURIComponent(name)}`))
      rows.push(row);
  return rows;
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
  decision: { readonly taskId: string; readonly outcome: string; readonly note?: string },
): Promise<Readonly<Record<string, unknown>>> {
  const { taskId, outcome, note } = decision;
  const { body: task } = await operator.post(`/ops/tasks/${taskId}/claim`, {});
  const shown =
    task['contentHash'] === undefined ? await operator.get(`/ops/tasks/${taskId}`) : task;
  const answer = await operator.post(`/ops/tasks/${taskId}/decision`, {
    outcome,
    contentHash: shown['contentHash'],
    ...(note !== undefined && { note }),
  });
  return answer.body;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
