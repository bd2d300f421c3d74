import { Duration } from 'aws-cdk-lib';
import { Rule, type EventPattern, type EventBus } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { WorkflowFunction } from './workflow-function.ts';

export interface EventTriggerProps {
  readonly description: string;
  /** Without it the account's default bus, where AWS services report. */
  readonly eventBus?: EventBus;
  readonly eventPattern: EventPattern;
  readonly target: WorkflowFunction;
}

/** Calls a function for every event of a pattern; what cannot be delivered for a day waits in its dead-letter queue. */
export class EventTrigger extends Rule {
  constructor(scope: Construct, id: string, props: EventTriggerProps) {
    const { target, ...rule } = props;
    super(scope, id, rule);
    if (!target.deadLetters)
      throw new Error(`${target.node.path} must be asynchronous to take events`);
    this.addTarget(
      new LambdaFunction(target.live, {
        deadLetterQueue: target.deadLetters,
        retryAttempts: 185,
        maxEventAge: Duration.hours(24),
      }),
    );
  }
}
