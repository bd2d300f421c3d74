import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoDisclosureSheets } from '#platform/repositories/disclosure-sheets.ts';
import { DynamoIdempotencyKeys } from '#platform/repositories/idempotency-keys.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoReceipts } from '#platform/repositories/receipts.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { now } from '#platform/time.ts';

/** What a partner route works with; each route takes the part it names. Tables it is not given fail on use. */
export function partnerDependencies() {
  const documents = documentClient();
  const tableOf = (variable: string): string => process.env[variable] ?? '';
  return {
    applications: new DynamoApplications(documents, tableOf('APPLICATIONS_TABLE'), {
      keys: new DynamoIdempotencyKeys(documents, tableOf('IDEMPOTENCY_KEYS_TABLE')),
      peopleTable: tableOf('PEOPLE_TABLE'),
    }),
    catalog: new DynamoCatalog(documents, tableOf('CATALOG_TABLE')),
    files: new DynamoLoanFiles(documents, tableOf('LOANS_TABLE'), tableOf('RECEIPTS_TABLE')),
    loans: new DynamoLoans(documents, tableOf('LOANS_TABLE')),
    sheets: new DynamoDisclosureSheets(documents, tableOf('APPLICATIONS_TABLE')),
    receipts: new DynamoReceipts(documents, tableOf('RECEIPTS_TABLE')),
    tasks: new DynamoTasks(documents, tableOf('TASKS_TABLE')),
    now,
  };
}
export type PartnerDependencies = ReturnType<typeof partnerDependencies>;

/** Documents and contracts live in buckets named by the environment. */
export function bucketOf(variable: 'CONTRACTS_BUCKET' | 'DOCUMENTS_BUCKET'): string {
  return requireEnvironment(variable);
}
