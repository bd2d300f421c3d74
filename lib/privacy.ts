import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { erasesObjects, queries, uses, type Access } from './constructs/access.ts';
import { EventTrigger } from './constructs/event-trigger.ts';
import { Schedule } from './constructs/schedule.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import type { DataStack } from './data-stack.ts';

/** 个人信息的删除与限制处理: what people ask about their data, and what nobody may keep any longer. */
export class Privacy extends Construct {
  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    const carryOutRequest = new WorkflowFunction(this, 'CarryOutRequest', {
      entry: 'functions/privacy/carry-out-request.ts',
      errorImpact: 'what people asked to have erased is not erased in the time the law gives',
      isAsynchronous: true,
      timeout: Duration.seconds(60),
      access: erasure(data),
    });
    new EventTrigger(this, 'OnRequestDecided', {
      description: 'Erases and restricts what a person has asked for',
      eventBus: data.eventBus,
      eventPattern: { source: ['zhudai'], detailType: ['PersonalDataRequestDecided'] },
      target: carryOutRequest,
    });
    const sweepRetention = new WorkflowFunction(this, 'SweepRetention', {
      entry: 'functions/privacy/sweep-retention.ts',
      errorImpact: 'personal data is kept longer than it may be',
      isAsynchronous: true,
      timeout: Duration.minutes(15),
      access: [
        ...erasure(data),
        queries(data.applications, 'Retention'),
        uses(data.blocks, 'PutItem'),
        queries(data.blocks, 'Standing'),
      ],
    });
    new Schedule(this, 'EveryNight', {
      description: 'Erases what need not be kept any longer',
      expression: 'cron(30 3 * * ? *)',
      target: sweepRetention,
    });
  }
}

/** Nothing is opened to be erased: neither a key nor a secret is among it. */
function erasure(data: DataStack): readonly Access[] {
  return [
    uses(data.applications, 'GetItem', 'PutItem', 'DeleteItem'),
    uses(data.blocks, 'GetItem'),
    uses(data.catalog, 'GetItem', 'Query'),
    uses(data.collateral, 'Query', 'BatchWriteItem'),
    uses(data.creditReports, 'Query', 'BatchWriteItem'),
    uses(data.decisions, 'Query', 'UpdateItem', 'BatchWriteItem'),
    uses(data.erasures, 'PutItem'),
    uses(data.loans, 'GetItem', 'Query', 'PutItem', 'BatchWriteItem'),
    queries(data.loans, 'ByBorrower'),
    uses(data.cases, 'Query', 'BatchWriteItem'),
    uses(data.notices, 'Query', 'BatchWriteItem'),
    uses(data.people, 'UpdateItem', 'DeleteItem'),
    queries(data.people, 'ByBorrower'),
    uses(data.personalDataRequests, 'GetItem', 'PutItem'),
    uses(data.sightings, 'GetItem', 'BatchWriteItem'),
    uses(data.tasks, 'BatchWriteItem'),
    queries(data.tasks, 'ByApplication'),
    erasesObjects(data.documents),
    erasesObjects(data.contracts),
  ];
}
