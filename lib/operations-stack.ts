import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Audit } from './audit.ts';
import { Collateral } from './collateral.ts';
import { HouseStack, type HouseStackProps } from './constructs/house-stack.ts';
import type { DataStack } from './data-stack.ts';
import { Disbursement } from './disbursement.ts';
import { Documents } from './documents.ts';
import { Notification } from './notification.ts';
import { Origination } from './origination.ts';
import { Privacy } from './privacy.ts';
import { Tasks } from './tasks.ts';
import { Underwriting } from './underwriting.ts';
import { Watching } from './watching.ts';

export interface OperationsStackProps extends HouseStackProps {
  readonly data: DataStack;
}

/** What works without being asked over HTTP up to payout: workflows, schedules, consumers of events. */
export class OperationsStack extends HouseStack {
  constructor(scope: Construct, id: string, { data, ...props }: OperationsStackProps) {
    super(scope, id, { ...props, alarmTopic: data.alarms });
    const tasks = new Tasks(this, 'Tasks', { data });
    const { notifyOutcome } = new Notification(this, 'Notification', { data });
    const { awaitRegistration, applyRegistration } = new Collateral(this, 'Collateral', { data });
    const { disburseLoan } = new Disbursement(this, 'Disbursement', {
      data,
      awaitRegistration,
      applyRegistration,
      openTask: tasks.openTask,
    });
    const { originateLoan } = new Origination(this, 'Origination', {
      data,
      disburseLoan,
      openTask: tasks.openTask,
      applyAnswer: tasks.applyAnswer,
      notifyOutcome,
    });
    new Underwriting(this, 'Underwriting', { data });
    new Documents(this, 'Documents', { data });
    new Privacy(this, 'Privacy', { data });
    new Audit(this, 'Audit', { data });
    new Watching(this, 'Watching', {
      machines: {
        'Applications (originate-loan)': originateLoan,
        'Payouts (disburse-loan)': disburseLoan,
      },
    });
    new CfnOutput(this, 'OriginateLoanArn', { value: originateLoan.liveArn });
    new CfnOutput(this, 'DisburseLoanArn', { value: disburseLoan.liveArn });
  }
}
