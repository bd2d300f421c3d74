import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { catalogKeyOf } from '#domain/catalog/catalog-key.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Scorecard } from '#domain/catalog/scorecard.ts';
import { WatchLimits } from '#domain/catalog/watch-limits.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { Unavailable } from '#domain/shared/errors.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { judgeModel } from '#domain/underwriting/model-watch/judge-model.ts';
import { modelReviewTask, modelSubjectOf } from '#domain/underwriting/model-watch/model-review.ts';
import type { ModelReport } from '#domain/underwriting/model-watch/model-report.ts';
import { monthBefore } from '#domain/underwriting/model-watch/months.ts';
import type { ModelCounters } from '#domain/underwriting/model-watch/ports.ts';
import { documentClient, eventBusClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoModelCounters } from '#platform/repositories/model-counters.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { currentTask } from '#platform/task-rounds.ts';
import { now } from '#platform/time.ts';
import { workflowTask } from '#platform/workflow-task.ts';

export interface WatchModelsDependencies {
  readonly catalog: Catalog;
  readonly counters: ModelCounters;
  readonly tasks: Pick<Tasks, 'find' | 'create' | 'replace'>;
  /** Tells everybody who listens that a model is stale. Told again each time it still is. */
  readonly warn: (report: ModelReport) => Promise<void>;
  readonly now: () => Date;
}

/** Loans turn out over years: their months reach back further than those of decisions. */
const OUTCOME_MONTHS = 36;

/** Judges every fitted card in force against its sample, keeps the report; of a stale one it warns and asks the risk team. */
export async function runWatchModels(
  _schedule: unknown,
  { catalog, counters, tasks, warn, now }: WatchModelsDependencies,
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
    await askRiskTeam(report, { tasks, at: now().toISOString() });
    await warn(report);
  }
  return { watched: cards.length, stale };
}

/** One open question for each card. One that was answered is done: a card that is stale still is asked about anew. */
async function askRiskTeam(
  report: ModelReport,
  { tasks, at }: Pick<WatchModelsDependencies, 'tasks'> & { readonly at: string },
): Promise<void> {
  const { round, task } = await currentTask(tasks, modelSubjectOf(report.scorecard), 'ReviewModel');
  if (task?.status === 'Open') return;
  if (task !== undefined) await tasks.replace(closeTask(task, { at, because: 'Acknowledged' }));
  const next = modelReviewTask(report, { round: task === undefined ? round : round + 1, at });
  await tasks.create(next);
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
    tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
    warn: warnOnBus,
    now,
  }),
  run: runWatchModels,
});
