import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { asksProviders, named, opensPersonalData, queries, uses } from './constructs/access.ts';
import { Schedule } from './constructs/schedule.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import { Workflow } from './constructs/workflow.ts';
import type { DataStack } from './data-stack.ts';

export interface DisbursementProps {
  readonly data: DataStack;
  readonly openTask: WorkflowFunction;
  readonly awaitRegistration: WorkflowFunction;
  readonly applyRegistration: WorkflowFunction;
}

/** The money step: one loan is paid out exactly once, or definitely not. */
export class Disbursement extends Construct {
  readonly disburseLoan: Workflow;
  readonly #data: DataStack;

  constructor(scope: Construct, id: string, props: DisbursementProps) {
    super(scope, id);
    const { data, openTask, awaitRegistration, applyRegistration } = props;
    this.#data = data;
    this.disburseLoan = new Workflow(this, 'DisburseLoan', {
      name: 'disburse-loan',
      failureImpact:
        'a signed loan stopped on its way to the bank: nobody may pay it by hand before it is looked at',
      functions: {
        ReserveShares: this.#reserveShares(),
        PayOut: this.#payOut(),
        ReleaseShares: this.#releaseShares(),
        OpenTask: openTask,
        AwaitRegistration: awaitRegistration,
        ApplyRegistration: applyRegistration,
      },
    });
    this.#sweepEveryMinute();
  }

  #reserveShares(): WorkflowFunction {
    const { applications, collateral, loans, payouts, personalDataKey, providerSecret } =
      this.#data;
    return new WorkflowFunction(this, 'ReserveShares', {
      entry: 'functions/disbursement/reserve-shares.ts',
      mayRefuse: true,
      errorImpact: 'signed loans are not paid out: no intent can be recorded',
      access: [
        uses(applications, 'GetItem', 'PutItem'),
        uses(loans, 'GetItem', 'PutItem'),
        uses(payouts, 'GetItem', 'PutItem'),
        uses(collateral, 'Query'),
        asksProviders(providerSecret),
        opensPersonalData(personalDataKey),
      ],
    });
  }

  #payOut(): WorkflowFunction {
    const { applications, catalog, loans, payouts, tasks } = this.#data;
    return new WorkflowFunction(this, 'PayOut', {
      entry: 'functions/disbursement/pay-out.ts',
      mayRefuse: true,
      errorImpact: 'signed loans are not paid out: the bank cannot be asked',
      // Longer than the bank's client waits, twice, and shorter than the age at which a claim counts as abandoned (75 s).
      timeout: Duration.seconds(60),
      access: [
        uses(applications, 'GetItem', 'PutItem'),
        uses(loans, 'GetItem', 'PutItem'),
        uses(payouts, 'GetItem', 'PutItem'),
        uses(tasks, 'GetItem', 'PutItem'),
        uses(catalog, 'GetItem'),
        asksProviders(this.#data.providerSecret),
        opensPersonalData(this.#data.personalDataKey),
      ],
    });
  }

  #releaseShares(): WorkflowFunction {
    const { applications, loans, payouts } = this.#data;
    return new WorkflowFunction(this, 'ReleaseShares', {
      entry: 'functions/disbursement/release-shares.ts',
      errorImpact: 'refused payouts keep the funds of their funders reserved',
      access: [named(applications), uses(loans, 'GetItem', 'PutItem'), uses(payouts, 'GetItem')],
    });
  }

  #sweepEveryMinute(): void {
    const { applications, loans, payouts } = this.#data;
    const sweepPayouts = new WorkflowFunction(this, 'SweepPayouts', {
      entry: 'functions/disbursement/sweep-payouts.ts',
      errorImpact: 'payouts whose worker died stay in doubt until somebody looks',
      isAsynchronous: true,
      access: [
        named(applications),
        uses(loans, 'GetItem'),
        queries(loans, 'Due'),
        uses(payouts, 'GetItem', 'PutItem'),
      ],
    });
    new Schedule(this, 'SweepPayoutsSchedule', {
      description: 'Finds payouts that were claimed and never settled',
      expression: 'rate(1 minute)',
      target: sweepPayouts,
    });
  }
}
