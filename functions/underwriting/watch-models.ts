import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { catalogKeyOf } from '#domain/catalog/catalog-key.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Scorecard } from '#domain/catalog/scorecard.ts';
import { WatchLimits } from '#domain/catalog/watch-limits.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { Unavailable } from '#domain/shared/errors.ts';
import { judgeModel } from '#domain/underwriting/model-watch/judge-model.ts';
import type { ModelReport } from '#domain/underwriting/model-watch/model-report.ts';
import { monthBefore } from '#domain/underwriting/model-watch/months.ts';
import type { ModelCounters } from '#domain/underwriting/model-watch/ports.ts';
import { documentClient, eventBusClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoModelCounters } from '#platform/repositories/model-counters.ts';
import { now } from '#platform/time.ts';
import { workflowTask } from '#platform/workflow-task.ts';

export interface WatchModelsDependencies {
  readonly catalog: Catalog;
  readonly counters: ModelCounters;
  /** Tells everybody who listens that a model is stale. Told again each time it still is. */
  readonly warn: (report: ModelReport) => Promise<void>;
  readonly now: () => Date;
}

/** Loans turn out over years: their months reach back further than those of decisions. */
const OUTCOME_MONTHS = 36;

/** Judges every fitted card in force against its sample, keeps the report, and warns of a stale one. */
export async function runWatchModels(
  _schedule: unknown,
  { catalog, counters, warn, now }: WatchModelsDependencies,
): Promise<{ watched: number; stale: number }> {
  const asOf = businessDateOf(now().getTime());
  const limits = existing(
    await catalog.find({ kind: 'watch-limits', id: 'default' }, WatchLimits),
    'watch limits default',
  );
  const cards = (await catalog.list('scorecard', Scorecard)).filter(({ fit }) => fit !== undefined);
  let stale = 0;
  for (const card of cards) {
    const month = asOf.slice(0, 7);
    const key = catalogKeyOf(card.scorecardId, card.version);
    const months = await counters.read(key, monthBefore(month, OUTCOME_MONTHS), month);
    const report = judgeModel({ card, months, limits, asOf });
    await counters.saveReport(report);
    if (report.level !== 'Stale') continue;
    stale += 1;
    await warn(report);
  }
  return { watched: cards.length, stale };
}

/** An event for programs, a metric for whoever is on duty. Ids and figures: there is nobody in them. */
async function warnOnBus({ scorecard, asOf, findings }: ModelReport): Promise<void> {
  const { FailedEntryCount } = await eventBusClient().send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: requireEnvironment('EVENT_BUS_NAME'),
          Source: 'zhudai',
          DetailType: 'ModelWentStale',
          Detail: JSON.stringify({ subjectId: scorecard, scorecard, asOf, findings }),
        },
      ],
    }),
  );
  if (FailedEntryCount !== 0) throw new Unavailable('the bus did not take the warning');
  const metrics = new Metrics({ namespace: 'Zhudai', serviceName: 'watch-models' });
  metrics.addMetric('StaleModels', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}

export const handler = workflowTask({
  input: z.unknown(),
  dependencies: () => ({
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
    counters: new DynamoModelCounters(documentClient(), requireEnvironment('METRICS_TABLE'), now),
    warn: warnOnBus,
    now,
  }),
  run: runWatchModels,
});
