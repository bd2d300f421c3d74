import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { catalogKeyOf } from '#domain/catalog/catalog-key.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Scorecard } from '#domain/catalog/scorecard.ts';
import { WatchLimits } from '#domain/catalog/watch-limits.ts';
import { lprAgeOf, lprSubjectOf, lprTask, type LprAge } from '#domain/contracts/lpr-age.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { Unavailable } from '#domain/shared/errors.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import type { Task, TaskKind } from '#domain/tasks/task.ts';
import { judgeModel } from '#domain/underwriting/model-watch/judge-model.ts';
import { modelReviewTask, modelSubjectOf } from '#domain/underwriting/model-watch/model-review.ts';
import type { ModelReport } from '#domain/underwriting/model-watch/model-report.ts';
import { monthBefore } from '#domain/underwriting/model-watch/months.ts';
import type { ModelCounters } from '#domain/underwriting/model-watch/ports.ts';
import { documentClient, eventBusClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { policyInForce } from '#platform/policy-in-force.ts';
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
  /** Tells whoever is on duty that the LPR is older than the pack allows. */
  readonly warnOfLpr: () => void;
  readonly now: () => Date;
}

/** Loans turn out over years: their months reach back further than those of decisions. */
const OUTCOME_MONTHS = 36;

/**
 * Judges every fitted card in force against its sample, keeps the report; of a stale one it warns and asks the risk team.
 * So it does when the LPR of the policy pack is older than its last publication. Nothing is declined for either.
 */
export async function runWatchModels(
  _schedule: unknown,
  { catalog, counters, tasks, warn, warnOfLpr, now }: WatchModelsDependencies,
): Promise<{ watched: number; stale: number; lpr: LprAge['level'] | 'None' }> {
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
    const subjectId = modelSubjectOf(report.scorecard);
    await askRiskTeam(
      { subjectId, kind: 'ReviewModel' },
      (round) => modelReviewTask(report, round),
      {
        tasks,
        now,
      },
    );
    await warn(report);
  }
  const lpr = await watchLpr(asOf, { catalog, tasks, warnOfLpr, now });
  return { watched: cards.length, stale, lpr };
}

/** The cap of microloan lenders is a multiple of the LPR: an old one is a guess that somebody has to look up. */
async function watchLpr(
  asOf: string,
  {
    catalog,
    tasks,
    warnOfLpr,
    now,
  }: Pick<WatchModelsDependencies, 'catalog' | 'tasks' | 'warnOfLpr' | 'now'>,
): Promise<LprAge['level'] | 'None'> {
  const pack = await policyInForce(catalog);
  const age = lprAgeOf(pack, asOf);
  if (age === undefined || age.level === 'Current') return age?.level ?? 'None';
  const policyPack = catalogKeyOf(pack.packId, pack.version);
  const subjectId = lprSubjectOf(policyPack);
  await askRiskTeam(
    { subjectId, kind: 'RenewLpr' },
    (round) => lprTask(age, { policyPack, ...round }),
    { tasks, now },
  );
  if (age.level === 'Stale') warnOfLpr();
  return age.level;
}

/** One open question for each subject. One that was answered is done: what is stale still is asked about anew. */
async function askRiskTeam(
  { subjectId, kind }: { readonly subjectId: string; readonly kind: TaskKind },
  taskOf: (round: { readonly round: number; readonly at: string }) => Task,
  { tasks, now }: Pick<WatchModelsDependencies, 'tasks' | 'now'>,
): Promise<void> {
  const at = now().toISOString();
  const { round, task } = await currentTask(tasks, subjectId, kind);
  if (task?.status === 'Open') return;
  if (task !== undefined) await tasks.replace(closeTask(task, { at, because: 'Acknowledged' }));
  await tasks.create(taskOf({ round: task === undefined ? round : round + 1, at }));
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
  count('StaleModels');
}

function count(metric: 'StaleModels' | 'StaleLpr'): void {
  const metrics = new Metrics({ namespace: 'Zhudai', serviceName: 'watch-models' });
  metrics.addMetric(metric, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}

export const handler = workflowTask({
  input: z.unknown(),
  dependencies: () => ({
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
    counters: new DynamoModelCounters(documentClient(), requireEnvironment('METRICS_TABLE'), now),
    tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
    warn: warnOnBus,
    warnOfLpr: () => {
      count('StaleLpr');
    },
    now,
  }),
  run: runWatchModels,
});
