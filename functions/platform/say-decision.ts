import type { Task } from '#domain/tasks/task.ts';
import type { WorkflowTokens } from './workflow-tokens.ts';

/** Lets the workflow that asked hear what people decided. A task that no workflow waits for, or that is over, says nothing. */
export async function sayDecision(task: Task, tokens: WorkflowTokens): Promise<void> {
  const { applicationId, status, taskId, taskToken, decisions } = task;
  if (status !== 'Decided' || taskToken === undefined) return;
  await tokens.succeed(taskToken, {
    applicationId,
    taskId,
    outcome: decisions.at(-1)?.outcome ?? '',
  });
}
