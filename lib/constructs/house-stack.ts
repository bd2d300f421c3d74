import { Stack, Token, type StackProps } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** What is the same for every resource of one deployment. */
export interface Settings {
  readonly stage: string;
  /** A deployment made to be thrown away: nothing in it is protected against deletion. */
  readonly isDisposable: boolean;
  /** New versions of machines take a tenth of the executions first, and all of them when no alarm has rung. */
  readonly isGradual?: boolean | undefined;
  /** Where the bundled functions are. Without it the templates are complete except for the code. */
  readonly bundleDirectory?: string | undefined;
}

export interface HouseStackProps extends StackProps {
  readonly settings: Settings;
  readonly alarmTopic?: ITopic | undefined;
}

/** A stack that knows its deployment, so that constructs need not be told again. */
export class HouseStack extends Stack {
  readonly settings: Settings;
  readonly alarmTopic: ITopic | undefined;

  constructor(scope: Construct, id: string, props: HouseStackProps) {
    const { settings, alarmTopic, ...stackProps } = props;
    super(scope, id, {
      ...stackProps,
      stackName: `zhudai-${settings.stage}-${id.toLowerCase()}`,
      terminationProtection: !settings.isDisposable,
      tags: { application: 'zhudai', stage: settings.stage },
      analyticsReporting: false,
    });
    this.settings = settings;
    this.alarmTopic = alarmTopic;
  }

  /** The house stack around a construct. */
  static override of(construct: Construct): HouseStack {
    const stack = Stack.of(construct);
    if (!(stack instanceof HouseStack))
      throw new Error(`${construct.node.path} is not in a house stack`);
    return stack;
  }

  /** In the China partition there is no X-Ray for Lambda and no arm64 (docs.amazonaws.cn, Lambda). */
  get isChina(): boolean {
    return !Token.isUnresolved(this.region) && this.region.startsWith('cn-');
  }
}
