import {
  Alarm as CloudWatchAlarm,
  ComparisonOperator,
  TreatMissingData,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { HouseStack } from './house-stack.ts';

export interface AlarmProps {
  readonly metric: IMetric;
  /** What it means for borrowers, partners or money while this lasts: the text that reaches whoever is woken up. */
  readonly impact: string;
  /** The file of docs/runbooks that says what to do, without its ending; the construct's id in kebab case when left out. */
  readonly runbook?: string;
  readonly threshold?: number;
  readonly evaluationPeriods?: number;
}

/** An alarm that says what it costs the business, and tells somebody. */
export class Alarm extends CloudWatchAlarm {
  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id, {
      metric: props.metric,
      alarmDescription: `Impact: ${props.impact}. Runbook: docs/runbooks/${props.runbook ?? kebabCase(id)}.md.`,
      threshold: props.threshold ?? 1,
      evaluationPeriods: props.evaluationPeriods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const { alarmTopic } = HouseStack.of(this);
    if (alarmTopic) this.addAlarmAction(new SnsAction(alarmTopic));
  }
}

/** `TimedOut` is `timed-out`. */
function kebabCase(id: string): string {
  return id.replaceAll(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
}
