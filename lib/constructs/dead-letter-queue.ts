import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type {
  DestinationConfig,
  IDestination,
  IEventSourceDlq,
  IEventSourceMapping,
  IFunction,
} from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Alarm } from './alarm.ts';

/** Where an asynchronous path leaves what it could not handle. One message is one too many. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, { impact }: { readonly impact: string }) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    new Alarm(this, 'Alarm', {
      metric: this.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
      impact,
      runbook: 'dead-letters',
    });
  }

  /** Takes what a function failed on. The CDK's own destinations also let the function ask about the queue; Lambda never does. */
  get destination(): IDestination & IEventSourceDlq {
    const bindTo = (target: IFunction): DestinationConfig => {
      target.addToRolePolicy(
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queueArn] }),
      );
      return { destination: this.queueArn };
    };
    return {
      bind: (first: Construct | IEventSourceMapping, second: IFunction) => bindTo(second),
    };
  }
}
