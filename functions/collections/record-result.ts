import { CaseClosedFacts, caseResultOf } from '#domain/collections/case-result.ts';
import type { CaseResults } from '#domain/collections/ports.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { DynamoCaseResults } from '#platform/repositories/case-results.ts';
import type * as z from 'zod';

/** Keeps how a case ended, for the comparison of strategies, arms and agencies. The same event again is the same row. */
export async function runRecordResult(
  facts: z.infer<typeof CaseClosedFacts>,
  { results }: { readonly results: CaseResults },
): Promise<void> {
  await results.keep(caseResultOf(facts));
}

export const handler = eventConsumer({
  detail: CaseClosedFacts,
  dependencies: () => ({
    results: new DynamoCaseResults(documentClient(), requireEnvironment('METRICS_TABLE')),
  }),
  run: runRecordResult,
});
