import { documentClient, workflowClient } from '#platform/clients.ts';
import { personalDataVault } from '#platform/pii.ts';
import { HttpMessageSender } from '#platform/providers/message-sender.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCaseResults } from '#platform/repositories/case-results.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { providerSecret } from '#platform/secrets.ts';
import { now } from '#platform/time.ts';
import { SfnWorkflowTokens } from '#platform/workflow-tokens.ts';

/** What the routes of cases work with; each takes the part it names. Tables it is not given fail on use. */
export function caseDependencies() {
  const documents = documentClient();
  const variable = (name: string): string => process.env[name] ?? '';
  return {
    applications: new DynamoApplications(documents, variable('APPLICATIONS_TABLE')),
    cases: new DynamoCases(documents, variable('CASES_TABLE')),
    catalog: new DynamoCatalog(documents, variable('CATALOG_TABLE')),
    results: new DynamoCaseResults(documents, variable('METRICS_TABLE')),
    tasks: new DynamoTasks(documents, variable('TASKS_TABLE')),
    tokens: new SfnWorkflowTokens(workflowClient()),
    vault: personalDataVault(),
    messages: new HttpMessageSender(async () => (await providerSecret()).sms),
    now,
  };
}
export type CaseDependencies = ReturnType<typeof caseDependencies>;
