import { documentClient, requireEnvironment, workflowClient } from '#platform/clients.ts';
import { personalDataVault } from '#platform/pii.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { now } from '#platform/time.ts';
import { SfnWorkflowTokens } from '#platform/workflow-tokens.ts';

/** What nearly every step of origination works with. */
export function stepDependencies() {
  const documents = documentClient();
  return {
    applications: new DynamoApplications(documents, requireEnvironment('APPLICATIONS_TABLE')),
    catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
    vault: personalDataVault(),
    now,
  };
}

/** What a step that waits for somebody outside works with. */
export function waitDependencies() {
  const documents = documentClient();
  return {
    applications: new DynamoApplications(documents, requireEnvironment('APPLICATIONS_TABLE')),
    tasks: new DynamoTasks(documents, requireEnvironment('TASKS_TABLE')),
    tokens: new SfnWorkflowTokens(workflowClient()),
    now,
  };
}
