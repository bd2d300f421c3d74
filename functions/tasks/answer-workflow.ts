import * as z from 'zod';
import { TaskId } from '#domain/shared/primitives.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { documentClient, requireEnvironment, workflowClient } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { sayDecision } from '#platform/say-decision.ts';
import { SfnWorkflowTokens, type WorkflowTokens } from '#platform/workflow-tokens.ts';

const TaskDecided = z.object({ subjectId: TaskId });

export interface AnswerWorkflowDependencies {
  readonly tasks: Pick<Tasks, 'find'>;
  readonly tokens: WorkflowTokens;
}

/**
 * Tells the workflow once more what was decided. The route that stored the decision says it at once, but may die between
 * the two, and nobody would ask again: the task has left its queue. A workflow that has heard knows the token no more.
 */
export async function runAnswerWorkflow(
  { subjectId }: z.infer<typeof TaskDecided>,
  { tasks, tokens }: AnswerWorkflowDependencies,
): Promise<void> {
  await sayDecision(existing(await tasks.find(subjectId), `task ${subjectId}`), tokens);
}

export const handler = eventConsumer({
  detail: TaskDecided,
  dependencies: () => ({
    tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
    tokens: new SfnWorkflowTokens(workflowClient()),
  }),
  run: runAnswerWorkflow,
});
