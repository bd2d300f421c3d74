import { documentClient, workflowClient } from '#platform/clients.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { ServicedCompensations } from '#platform/serviced-compensations.ts';
import { ServicedDebts } from '#platform/serviced-debts.ts';
import { ServicedRestructurings } from '#platform/serviced-restructurings.ts';
import { ServicedTransfers } from '#platform/serviced-transfers.ts';
import { ServicedWriteOffs } from '#platform/serviced-write-offs.ts';
import { now } from '#platform/time.ts';
import { SfnWorkflowTokens } from '#platform/workflow-tokens.ts';
import { SfnEscalations } from './escalations.ts';

/** What the steps of a case work with; each takes the part it names. Tables it is not given fail on use. */
export function collectionDependencies() {
  const documents = documentClient();
  const variable = (name: string): string => process.env[name] ?? '';
  const applications = new DynamoApplications(documents, variable('APPLICATIONS_TABLE'));
  const catalog = new DynamoCatalog(documents, variable('CATALOG_TABLE'));
  const loans = new DynamoLoanFiles(documents, variable('LOANS_TABLE'));
  const tasks = new DynamoTasks(documents, variable('TASKS_TABLE'));
  return {
    catalog,
    cases: new DynamoCases(documents, variable('CASES_TABLE')),
    tasks,
    debts: new ServicedDebts({ loans, applications, catalog }),
    restructurings: new ServicedRestructurings({ loans, tasks, catalog, now }),
    compensations: new ServicedCompensations(loans, now),
    transfers: new ServicedTransfers({ loans, catalog, now }),
    writeOffs: new ServicedWriteOffs(loans, now),
    tokens: new SfnWorkflowTokens(workflowClient()),
    escalations: new SfnEscalations(workflowClient(), variable('ESCALATE_COLLECTIONS_ARN')),
    now,
  };
}
