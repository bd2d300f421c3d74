import { Duration } from 'aws-cdk-lib';
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
}
