import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { publishes, uses } from './constructs/access.ts';
import { Alarm } from './constructs/alarm.ts';
import { EventTrigger } from './constructs/event-trigger.ts';
import { Schedule } from './constructs/schedule.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import type { DataStack } from './data-stack.ts';

/** Watches the models that decide: counts what they decide and how it turns out, and says when one is stale. */
export class Underwriting extends Construct {
  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    this.#countDecisions(data);
    this.#countOutcomes(data);
    this.#watchModels(data);
  }

  #countDecisions({ catalog, decisions, eventBus, metrics }: DataStack): void {
    const countDecision = new WorkflowFunction(this, 'CountDecision', {
      entry: 'functions/underwriting/count-decision.ts',
      errorImpact: 'the watch of the scorecards misses decisions',
      isAsynchronous: true,
      access: [
        uses(catalog, 'GetItem'),
        uses(decisions, 'Query'),
        uses(metrics, 'PutItem', 'UpdateItem'),
      ],
    });
    new EventTrigger(this, 'OnDecided', {
      description: 'Counts every decision, of the policy and of people, under its scorecard',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['ApplicationApproved', 'ApplicationReferred', 'ApplicationDeclined'],
      },
      target: countDecision,
    });
  }

  #countOutcomes({ catalog, decisions, eventBus, loans, metrics }: DataStack): void {
    const countOutcome = new WorkflowFunction(this, 'CountOutcome', {
      entry: 'functions/underwriting/count-outcome.ts',
      errorImpact: 'the watch of the scorecards does not see how loans turn out',
      isAsynchronous: true,
      access: [
        uses(catalog, 'GetItem'),
        uses(decisions, 'Query'),
        uses(loans, 'GetItem'),
        uses(metrics, 'PutItem', 'UpdateItem'),
      ],
    });
    new EventTrigger(this, 'OnLoanTurned', {
      description: 'Counts loans that went bad',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['LoanBucketChanged', 'LoanWrittenOff'],
      },
      target: countOutcome,
    });
    new EventTrigger(this, 'OnLoanPaidOff', {
      description: 'Counts loans that a payment settled',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['PaymentPosted'],
        detail: { isSettled: [true] },
      },
      target: countOutcome,
    });
  }

  #watchModels({ catalog, eventBus, metrics, tasks }: DataStack): void {
    const watchModels = new WorkflowFunction(this, 'WatchModels', {
      entry: 'functions/underwriting/watch-models.ts',
      errorImpact: 'nobody hears when a scorecard no longer fits the people it judges',
      isAsynchronous: true,
      timeout: Duration.seconds(60),
      access: [
        uses(catalog, 'GetItem', 'Query'),
        uses(metrics, 'Query', 'PutItem'),
        uses(tasks, 'GetItem', 'PutItem'),
        publishes(eventBus),
      ],
    });
    new Schedule(this, 'WatchModelsSchedule', {
      description: 'Judges every scorecard against its sample, on Monday before work begins',
      expression: 'cron(0 6 ? * MON *)',
      target: watchModels,
    });
    new Alarm(this, 'StaleModels', {
      metric: new Metric({
        namespace: 'Zhudai',
        metricName: 'StaleModels',
        dimensionsMap: { service: 'watch-models' },
        statistic: 'Sum',
        period: Duration.hours(1),
      }),
      impact:
        'a scorecard decides about people it was not fitted on: loans are declined or priced wrongly',
    });
    new Alarm(this, 'StaleLpr', {
      metric: new Metric({
        namespace: 'Zhudai',
        metricName: 'StaleLpr',
        dimensionsMap: { service: 'watch-models' },
        statistic: 'Sum',
        period: Duration.hours(1),
      }),
      impact: 'the cost cap of microloan lenders is a multiple of an LPR that nobody has renewed',
    });
  }
}
