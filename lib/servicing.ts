import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { asksProviders, opensPersonalData, queries, uses } from './constructs/access.ts';
import { EventTrigger } from './constructs/event-trigger.ts';
import { Schedule } from './constructs/schedule.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import type { DataStack } from './data-stack.ts';

/** What happens to the money of a loan after payout without being asked over HTTP. */
export class Servicing extends Construct {
  readonly #data: DataStack;

  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    this.#data = data;
    this.#matchReceipts();
    this.#sweepOrdersEveryMinute();
    this.#applyWriteOffs();
    this.#offerRestructurings();
    this.#claimCompensations();
  }

  #claimCompensations(): void {
    const { eventBus, loans, providerSecret } = this.#data;
    const claimCompensation = new WorkflowFunction(this, 'ClaimCompensation', {
      entry: 'functions/servicing/claim-compensation.ts',
      errorImpact: 'guarantors are not asked to pay for loans that were approved to be claimed',
      timeout: Duration.seconds(30),
      isAsynchronous: true,
      access: [uses(loans, 'PutItem', 'Query'), asksProviders(providerSecret)],
    });
    new EventTrigger(this, 'OnCompensationAsked', {
      description: 'Sends a claim to the guarantor of a loan',
      eventBus,
      eventPattern: { source: ['zhudai'], detailType: ['CompensationAsked'] },
      target: claimCompensation,
    });
  }

  #applyWriteOffs(): void {
    const { eventBus, loans, tasks } = this.#data;
    const applyWriteOff = new WorkflowFunction(this, 'ApplyWriteOff', {
      entry: 'functions/servicing/apply-write-off.ts',
      errorImpact: 'loans that were agreed to be lost go on as if they were not',
      isAsynchronous: true,
      access: [uses(loans, 'PutItem', 'Query'), uses(tasks, 'GetItem', 'PutItem')],
    });
    new EventTrigger(this, 'OnWriteOffDecided', {
      description: 'A second person decided about a write-off',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['TaskDecided'],
        detail: { kind: ['ApproveLoanWriteOff'] },
      },
      target: applyWriteOff,
    });
  }

  #offerRestructurings(): void {
    const { catalog, eventBus, loans, tasks } = this.#data;
    const offerRestructuring = new WorkflowFunction(this, 'OfferRestructuring', {
      entry: 'functions/servicing/offer-restructuring.ts',
      errorImpact: 'restructurings that were agreed reach no borrower',
      isAsynchronous: true,
      access: [
        uses(loans, 'PutItem', 'Query'),
        uses(catalog, 'GetItem', 'Query'),
        uses(tasks, 'GetItem', 'PutItem'),
      ],
    });
    new EventTrigger(this, 'OnRestructuringDecided', {
      description: 'A second person decided about a restructuring',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['TaskDecided'],
        detail: { kind: ['ApproveRestructuring'] },
      },
      target: offerRestructuring,
    });
  }

  #sweepOrdersEveryMinute(): void {
    const { applications, loans, personalDataKey, providerSecret } = this.#data;
    const sweepOrders = new WorkflowFunction(this, 'SweepOrders', {
      entry: 'functions/servicing/sweep-orders.ts',
      errorImpact: 'debits and refunds whose outcome is unknown stay open: nobody asks the bank',
      // A sweep begins nothing after 30 s, and the bank's client waits 10 s: younger than the age at which a claim is stale.
      timeout: Duration.seconds(60),
      isAsynchronous: true,
      access: [
        uses(applications, 'GetItem'),
        uses(loans, 'PutItem', 'Query'),
        queries(loans, 'Due'),
        asksProviders(providerSecret),
        opensPersonalData(personalDataKey),
      ],
    });
    new Schedule(this, 'SweepOrdersSchedule', {
      description: 'Asks the bank about debits and refunds nobody knows the outcome of',
      expression: 'rate(1 minute)',
      target: sweepOrders,
    });
  }

  #matchReceipts(): void {
    const { eventBus, loans, receipts } = this.#data;
    const matchReceipts = new WorkflowFunction(this, 'MatchReceipts', {
      entry: 'functions/servicing/match-receipts.ts',
      errorImpact: 'money that came before its loan was paid out waits in suspense for an operator',
      isAsynchronous: true,
      access: [
        uses(loans, 'PutItem', 'Query'),
        uses(receipts, 'GetItem', 'PutItem'),
        queries(receipts, 'Matching'),
      ],
    });
    new EventTrigger(this, 'OnLoanDisbursed', {
      description: 'A loan was paid out: money that waits for it is posted',
      eventBus,
      eventPattern: { source: ['zhudai'], detailType: ['LoanDisbursed'] },
      target: matchReceipts,
    });
  }
}
