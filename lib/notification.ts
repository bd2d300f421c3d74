import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { asksProviders, opensPersonalData, uses } from './constructs/access.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import type { DataStack } from './data-stack.ts';

/** Tells borrower and partner what became of an application. */
export class Notification extends Construct {
  readonly notifyOutcome: WorkflowFunction;

  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    this.notifyOutcome = new WorkflowFunction(this, 'NotifyOutcome', {
      entry: 'functions/notification/notify-outcome.ts',
      errorImpact: 'borrowers and partners do not hear what became of their applications',
      timeout: Duration.seconds(60),
      access: [
        uses(data.applications, 'GetItem', 'PutItem'),
        uses(data.loans, 'GetItem'),
        uses(data.catalog, 'GetItem'),
        asksProviders(data.providerSecret),
        opensPersonalData(data.personalDataKey),
      ],
    });
  }
}
