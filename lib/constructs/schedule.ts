import { Role, ServicePrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { WorkflowFunction } from './workflow-function.ts';

export interface ScheduleProps {
  readonly description: string;
  /** `rate(...)` or `cron(...)`, read in Asia/Shanghai. */
  readonly expression: string;
  readonly target: WorkflowFunction;
}

/** Calls a function by the clock of the business: Asia/Shanghai, whatever the Region. */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, { description, expression, target }: ScheduleProps) {
    super(scope, id);
    if (!target.deadLetters)
      throw new Error(`${target.node.path} must be asynchronous to be scheduled`);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    });
    const grants = [
      { actions: ['lambda:InvokeFunction'], resources: [target.functionArn] },
      { actions: ['sqs:SendMessage'], resources: [target.deadLetters.queueArn] },
    ];
    for (const grant of grants) role.addToPolicy(new PolicyStatement(grant));
    new CfnSchedule(this, 'Schedule', {
      description,
      scheduleExpression: expression,
      scheduleExpressionTimezone: 'Asia/Shanghai',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ schedule: id }),
        deadLetterConfig: { arn: target.deadLetters.queueArn },
        // The next run does the same work: a late one is worth little.
        retryPolicy: { maximumEventAgeInSeconds: 900, maximumRetryAttempts: 5 },
      },
    });
  }
}
