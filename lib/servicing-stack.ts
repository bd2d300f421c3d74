import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Collections } from './collections.ts';
import { HouseStack, type HouseStackProps } from './constructs/house-stack.ts';
import type { DataStack } from './data-stack.ts';
import { DayClose } from './day-close.ts';
import { FollowUp } from './follow-up.ts';
import { Servicing } from './servicing.ts';

export interface ServicingStackProps extends HouseStackProps {
  readonly data: DataStack;
}

/**
 * What becomes of loans after payout: payments, the close of each day, visits, collections. Apart from the workflows
 * before payout because one stack may hold 500 resources.
 */
export class ServicingStack extends HouseStack {
  constructor(scope: Construct, id: string, { data, ...props }: ServicingStackProps) {
    super(scope, id, { ...props, alarmTopic: data.alarms });
    new Servicing(this, 'Servicing', { data });
    new FollowUp(this, 'FollowUp', { data });
    const { closeBusinessDay } = new DayClose(this, 'DayClose', { data });
    const { escalateCollections } = new Collections(this, 'Collections', { data });
    new CfnOutput(this, 'CloseBusinessDayArn', { value: closeBusinessDay.liveArn });
    new CfnOutput(this, 'EscalateCollectionsArn', { value: escalateCollections.liveArn });
  }
}
