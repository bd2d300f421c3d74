import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Audit } from './audit.ts';
import { Collateral } from './collateral.ts';
import { Collections } from './collections.ts';
import { HouseStack, type HouseStackProps } from './constructs/house-stack.ts';
import type { DataStack } from './data-stack.ts';
import { DayClose } from './day-close.ts';
import { Disbursement } from './disbursement.ts';
import { FollowUp } from './follow-up.ts';
import { Documents } from './documents.ts';
import { Notification } from './notification.ts';
import { Origination } from './origination.ts';
import { Servicing } from './servicing.ts';
import { Tasks } from './tasks.ts';
import { Underwriting } from './underwriting.ts';
import { Watching } from './watching.ts';

export interface OperationsStackProps extends HouseStackProps {
  readonly data: DataStack;
}

/** What works without being asked over HTTP: workflows, schedules, consumers of events. */
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
    const { escalateCollections } = new Collections(this, 'Collections', { data });
    new Underwriting(this, 'Underwriting', { data });
    new Servicing(this, 'Servicing', { data });
    new FollowUp(this, 'FollowUp', { data });
    new Documents(this, 'Documents', { data });
    new Audit(this, 'Audit', { data });
    const { closeBusinessDay } = new DayClose(this, 'DayClose', { data });
    new Watching(this, 'Watching', {
      machines: {
        'Applications (originate-loan)': originateLoan,
        'Payouts (disburse-loan)': disburseLoan,
      },
    });
    new CfnOutput(this, 'OriginateLoanArn', { value: originateLoan.stateMachineArn });
    new CfnOutput(this, 'EscalateCollectionsArn', {
      value: escalateCollections.stateMachineArn,
    });
    new CfnOutput(this, 'DisburseLoanArn', { value: disburseLoan.stateMachineArn });
    new CfnOutput(this, 'CloseBusinessDayArn', { value: closeBusinessDay.stateMachineArn });
  }
}
