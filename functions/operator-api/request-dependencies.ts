import { documentClient } from '#platform/clients.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoPersonalDataRequests } from '#platform/repositories/personal-data-requests.ts';
import { DynamoRetention } from '#platform/repositories/retention.ts';
import { now } from '#platform/time.ts';

/** What the routes of requests about personal data work with. Tables a route is not given fail on use. */
export function requestDependencies() {
  const documents = documentClient();
  const tableOf = (variable: string): string => process.env[variable] ?? '';
  const applications = tableOf('APPLICATIONS_TABLE');
  return {
    applications: new DynamoApplications(documents, applications),
    catalog: new DynamoCatalog(documents, tableOf('CATALOG_TABLE')),
    loans: new DynamoLoans(documents, tableOf('LOANS_TABLE')),
    requests: new DynamoPersonalDataRequests(
      documents,
      tableOf('PERSONAL_DATA_REQUESTS_TABLE'),
      applications,
    ),
    retention: new DynamoRetention(documents, {
      applications,
      erasures: tableOf('ERASURES_TABLE'),
    }),
    now,
  };
}
export type RequestDependencies = ReturnType<typeof requestDependencies>;
