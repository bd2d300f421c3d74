import type { Applications } from '#domain/applications/ports.ts';
import type { People } from '#domain/applications/people.ts';
import type { Blocks } from '#domain/blocks/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { Loans } from '#domain/loans/ports.ts';
import type { PersonalDataRequests, Retention, Traces } from '#domain/privacy/ports.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { S3ErasableObjects } from '#platform/erasable-objects.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoBlocks } from '#platform/repositories/blocks.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoPeople } from '#platform/repositories/people.ts';
import { DynamoPersonalDataRequests } from '#platform/repositories/personal-data-requests.ts';
import { DynamoRetention } from '#platform/repositories/retention.ts';
import { DynamoTraces } from '#platform/repositories/traces.ts';
import { now } from '#platform/time.ts';

export interface RetentionDependencies {
  readonly applications: Applications;
  readonly blocks: Blocks;
  readonly catalog: Catalog;
  readonly loans: Pick<Loans, 'find'>;
  readonly people: Pick<People, 'forget' | 'letGo'>;
  readonly requests: PersonalDataRequests;
  readonly retention: Retention;
  readonly traces: Traces;
  readonly now: () => Date;
}

/** What those who restrict and erase work with. */
export function retentionDependencies(): RetentionDependencies {
  const documents = documentClient();
  const applications = requireEnvironment('APPLICATIONS_TABLE');
  return {
    applications: new DynamoApplications(documents, applications),
    blocks: new DynamoBlocks(documents, requireEnvironment('BLOCKS_TABLE')),
    catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
    loans: new DynamoLoans(documents, requireEnvironment('LOANS_TABLE')),
    people: new DynamoPeople(documents, { people: requireEnvironment('PEOPLE_TABLE') }),
    requests: new DynamoPersonalDataRequests(
      documents,
      requireEnvironment('PERSONAL_DATA_REQUESTS_TABLE'),
    ),
    retention: new DynamoRetention(documents, {
      applications,
      erasures: requireEnvironment('ERASURES_TABLE'),
      loans: requireEnvironment('LOANS_TABLE'),
    }),
    traces: new DynamoTraces(
      documents,
      {
        applications,
        cases: requireEnvironment('CASES_TABLE'),
        loans: requireEnvironment('LOANS_TABLE'),
        notices: requireEnvironment('NOTICES_TABLE'),
        collateral: requireEnvironment('COLLATERAL_TABLE'),
        creditReports: requireEnvironment('CREDIT_REPORTS_TABLE'),
        decisions: requireEnvironment('DECISIONS_TABLE'),
        sightings: requireEnvironment('SIGHTINGS_TABLE'),
        tasks: requireEnvironment('TASKS_TABLE'),
      },
      new S3ErasableObjects([
        requireEnvironment('DOCUMENTS_BUCKET'),
        requireEnvironment('CONTRACTS_BUCKET'),
      ]),
    ),
    now,
  };
}
