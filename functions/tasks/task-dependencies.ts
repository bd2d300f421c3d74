import { documentClient, requireEnvironment, workflowClient } from '#platform/clients.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoMoneyStore } from '#platform/repositories/payouts.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { now } from '#platform/time.ts';
import { SfnWorkflowTokens } from '#platform/workflow-tokens.ts';

/** What the handlers of tasks work with. */
export function taskDependencies() {
  const documents = documentClient();
  const applications = requireEnvironment('APPLICATIONS_TABLE');
  const loans = requireEnvironment('LOANS_TABLE');
  const payouts = requireEnvironment('PAYOUTS_TABLE');
  return {
    applications: new DynamoApplications(documents, applications),
    loans: new DynamoLoans(documents, loans),
    money: new DynamoMoneyStore(documents, { payouts, loans, applications }),
    tasks: new DynamoTasks(documents, requireEnvironment('TASKS_TABLE')),
    tokens: new SfnWorkflowTokens(workflowClient()),
    now,
  };
}
