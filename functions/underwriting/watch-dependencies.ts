import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoDecisions } from '#platform/repositories/decisions.ts';
import { DynamoModelCounters } from '#platform/repositories/model-counters.ts';
import { now } from '#platform/time.ts';

/** What the counting functions work with. */
export function watchDependencies() {
  const documents = documentClient();
  return {
    catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
    decisions: new DynamoDecisions(documents, requireEnvironment('DECISIONS_TABLE')),
    counters: new DynamoModelCounters(documents, requireEnvironment('METRICS_TABLE'), now),
  };
}
