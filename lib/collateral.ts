import { Construct } from 'constructs';
import { answersTasks, uses } from './constructs/access.ts';
import { EventTrigger } from './constructs/event-trigger.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import type { DataStack } from './data-stack.ts';

/** 抵质押: registered before the money leaves, released when nothing is owed any more. */
export class Collateral extends Construct {
  readonly awaitRegistration: WorkflowFunction;
  readonly applyRegistration: WorkflowFunction;

  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    const { applications, collateral, tasks } = data;
    this.awaitRegistration = new WorkflowFunction(this, 'AwaitRegistration', {
      entry: 'functions/collateral/await-registration.ts',
      mayRefuse: true,
      errorImpact: 'loans with a pledge wait for a registration that nobody is asked for',
      access: [
        uses(applications, 'GetItem'),
        uses(collateral, 'Query', 'PutItem'),
        uses(tasks, 'GetItem', 'PutItem'),
        answersTasks(this, 'disburse-loan'),
      ],
    });
    this.applyRegistration = new WorkflowFunction(this, 'ApplyRegistration', {
      entry: 'functions/collateral/apply-registration.ts',
      mayRefuse: true,
      errorImpact: 'registered pledges do not count and their loans are not paid out',
      access: [
        uses(applications, 'GetItem', 'PutItem', 'DeleteItem'),
        uses(collateral, 'Query', 'PutItem'),
        uses(tasks, 'GetItem', 'PutItem'),
      ],
    });
    this.#followEndings(data);
    this.#applyReleases(data);
  }

  #followEndings({ applications, collateral, eventBus, loans, tasks }: DataStack): void {
    const followEnding = new WorkflowFunction(this, 'FollowEnding', {
      entry: 'functions/collateral/follow-ending.ts',
      errorImpact: 'pledges stay registered after their loans are paid off',
      isAsynchronous: true,
      access: [
        uses(applications, 'GetItem'),
        uses(collateral, 'Query', 'PutItem'),
        uses(loans, 'GetItem'),
        uses(tasks, 'GetItem', 'PutItem'),
      ],
    });
    new EventTrigger(this, 'OnLoanTurned', {
      description: 'Looks after the pledges of loans that run again',
      eventBus,
      eventPattern: { source: ['zhudai'], detailType: ['PaymentReversed'] },
      target: followEnding,
    });
    new EventTrigger(this, 'OnLoanPaidOff', {
      description: 'Looks after the pledges of loans that a payment settled',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['PaymentPosted'],
        detail: { isSettled: [true] },
      },
      target: followEnding,
    });
    new EventTrigger(this, 'OnApplicationEnded', {
      description: 'Looks after the pledges of applications that became no loan',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['ApplicationDeclined', 'ApplicationExpired', 'ApplicationWithdrawn'],
        detail: { isPledged: [true] },
      },
      target: followEnding,
    });
  }

  #applyReleases({ collateral, eventBus, tasks }: DataStack): void {
    const applyRelease = new WorkflowFunction(this, 'ApplyRelease', {
      entry: 'functions/collateral/apply-release.ts',
      errorImpact: 'cancelled registrations are not recorded',
      isAsynchronous: true,
      access: [uses(collateral, 'Query', 'PutItem'), uses(tasks, 'GetItem', 'PutItem')],
    });
    new EventTrigger(this, 'OnReleaseProven', {
      description: 'Records the cancelled registrations of a decided task',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['TaskDecided'],
        detail: { kind: ['ReleaseCollateral'] },
      },
      target: applyRelease,
    });
  }
}
