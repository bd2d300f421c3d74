import { documentClient, requireEnvironment, workflowClient } from '#platform/clients.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoDisclosureSheets } from '#platform/repositories/disclosure-sheets.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoLoanLists } from '#platform/repositories/loan-lists.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoReceipts } from '#platform/repositories/receipts.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { now } from '#platform/time.ts';
import { SfnWorkflowTokens } from '#platform/workflow-tokens.ts';

/** What an operator route works with; each route takes the part it names. Tables it is not given fail on use. */
export function operatorDependencies() {
  const documents = documentClient();
  const tableOf = (variable: string): string => process.env[variable] ?? '';
  return {
    applications: new DynamoApplications(documents, tableOf('APPLICATIONS_TABLE')),
    files: new DynamoLoanFiles(documents, tableOf('LOANS_TABLE'), tableOf('RECEIPTS_TABLE')),
    lists: new DynamoLoanLists(documents, tableOf('LOANS_TABLE')),
    loans: new DynamoLoans(documents, tableOf('LOANS_TABLE')),
    sheets: new DynamoDisclosureSheets(documents, tableOf('APPLICATIONS_TABLE')),
    receipts: new DynamoReceipts(documents, tableOf('RECEIPTS_TABLE')),
    tasks: new DynamoTasks(documents, tableOf('TASKS_TABLE')),
    tokens: new SfnWorkflowTokens(workflowClient()),
    now,
  };
}
export type OperatorDependencies = ReturnType<typeof operatorDependencies>;

/** The machines operators may look at, by name. */
export function machineArns(): ReadonlyMap<string, string> {
  const arns = requireEnvironment('STATE_MACHINE_ARNS').split(',');
  return new Map(arns.map((arn) => [arn.split(':').at(-1) ?? arn, arn]));
}
