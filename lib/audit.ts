import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { publishes, uses, type NamedTable } from './constructs/access.ts';
import { Alarm } from './constructs/alarm.ts';
import { DeadLetterQueue } from './constructs/dead-letter-queue.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import type { DataStack } from './data-stack.ts';

const errorImpact = 'what happened is neither audited nor told to anybody: workflows do not start';

/** Every event inside every new image goes, in order, to the audit chain and to the bus. */
export class Audit extends Construct {
  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    const {
      applications,
      blocks,
      cases,
      catalogDrafts,
      collateral,
      keyRotations,
      loans,
      payouts,
      personalDataRequests,
      receipts,
      selections,
      tasks,
    } = data;
    const publishChanges = new WorkflowFunction(this, 'PublishChanges', {
      entry: 'functions/audit/publish-changes.ts',
      errorImpact,
      timeout: Duration.seconds(60),
      access: [uses(data.audit, 'PutItem'), publishes(data.eventBus)],
    });
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', { impact: errorImpact });
    new Alarm(publishChanges, 'Lagging', {
      metric: publishChanges.function.metric('IteratorAge', { statistic: 'Maximum' }),
      impact: 'events are told minutes late: applications start, and audits show, behind the facts',
      threshold: Duration.seconds(60).toMilliseconds(),
    });
    const published = {
      Applications: applications,
      Loans: loans,
      Payouts: payouts,
      Receipts: receipts,
      Tasks: tasks,
      Cases: cases,
      CatalogDrafts: catalogDrafts,
      Collateral: collateral,
      Selections: selections,
      PersonalDataRequests: personalDataRequests,
      KeyRotations: keyRotations,
      Blocks: blocks,
    };
    for (const [name, table] of Object.entries(published))
      consumeStream(publishChanges, { name, table, deadLetters });
  }
}

interface Consumption {
  readonly name: string;
  readonly table: NamedTable;
  readonly deadLetters: DeadLetterQueue;
}

function consumeStream(
  consumer: WorkflowFunction,
  { name, table, deadLetters }: Consumption,
): void {
  const streamArn = table.table.tableStreamArn;
  if (streamArn === undefined) throw new Error(`table ${name} has no stream`);
  consumer.function.addToRolePolicy(
    new PolicyStatement({
      actions: [
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
      ],
      resources: [streamArn],
    }),
  );
  new EventSourceMapping(consumer, `${name}Stream`, {
    target: consumer.live,
    eventSourceArn: streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    // Order is per item, and ten batches of one shard at a time keep it: items stay with their batch.
    parallelizationFactor: 10,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 10,
    maxRecordAge: Duration.hours(12),
    onFailure: deadLetters.destination,
    filters: [
      FilterCriteria.filter({
        eventName: FilterRule.or('INSERT', 'MODIFY'),
        dynamodb: { NewImage: { event: { M: { type: { S: FilterRule.exists() } } } } },
      }),
    ],
  });
}
