import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CfnStateMachine,
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { executionArns, machineArn, mapExecutionArns, startsLive } from './access.ts';
import { Alarm } from './alarm.ts';
import { HouseStack } from './house-stack.ts';
import { LIVE, RELEASE } from './release.ts';
import { repositoryRoot } from './repository-root.ts';
import { LOG_RETENTION, type WorkflowFunction } from './workflow-function.ts';

export interface WorkflowProps {
  /** Verb-noun: the machine's name, and its file `statemachines/<name>.asl.json`. */
  readonly name: string;
  /** By the token of the definition: `ScreenApplication` stands for `${ScreenApplicationFunctionArn}`. */
  readonly functions: Readonly<Record<string, WorkflowFunction>>;
  /** Functions that only definitions of earlier releases call: their executions go on with this machine's role. */
  readonly earlierFunctions?: readonly WorkflowFunction[];
  /** Machines it starts and waits for: `DisburseLoan` stands for `${DisburseLoanStateMachineArn}`. */
  readonly children?: Readonly<Record<string, Workflow>>;
  /** Whether it has a distributed Map, whose children are executions of its own. */
  readonly isDistributed?: boolean;
  readonly failureImpact: string;
}

/** A Standard state machine from its definition file, allowed to call exactly what the definition names. */
export class Workflow extends Construct {
  readonly machineName: string;
  readonly stateMachine: StateMachine;
  readonly stateMachineArn: string;
  /** The alias that executions are started by. */
  readonly liveArn: string;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const stack = HouseStack.of(this);
    const children = props.children ?? {};
    const file = `statemachines/${props.name}.asl.json`;
    const substitutions = {
      ...mapEntries(props.functions, (name, target) => [`${name}FunctionArn`, target.functionArn]),
      ...mapEntries(children, (name, child) => [`${name}StateMachineArn`, child.liveArn]),
    };
    const definition = readDefinition(file, Object.keys(substitutions));

    this.machineName = props.name;
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: props.name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: { ...substitutions, Partition: stack.partition },
      role: new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') }),
      tracingEnabled: !stack.isChina,
      logs: {
        // Every transition, but never input or output: what flows between states is not for the logs.
        level: LogLevel.ALL,
        includeExecutionData: false,
        destination: new LogGroup(this, 'Logs', {
          // Under this prefix the account's limit of ten log resource policies does not count.
          logGroupName: `/aws/vendedlogs/states/${stack.stackName}/${props.name}`,
          retention: LOG_RETENTION,
          removalPolicy: stack.settings.isDisposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
        }),
      },
    });
    this.stateMachineArn = this.stateMachine.stateMachineArn;
    this.#nameDefinition(file);
    this.#allowFunctions([...Object.values(props.functions), ...(props.earlierFunctions ?? [])]);
    for (const child of Object.values(children)) this.#allowChild(child);
    if (props.isDistributed === true) this.#allowMapRuns();
    const failed = this.#watch(props.failureImpact);
    this.liveArn = this.#publish(failed);
  }

  /**
   * Every change of the definition becomes a version of its own, and the alias points at it. Versions stay when they are
   * replaced: what runs keeps the definition it began with, and a rollback finds the one before.
   */
  #publish(failed: Alarm): string {
    const { stateMachineArn, stateMachineRevisionId } = this.stateMachine;
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn,
      // Another revision replaces this resource: that is what publishes the next version.
      stateMachineRevisionId,
    });
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const alias = new CfnStateMachineAlias(this, 'Live', {
      name: LIVE,
      ...(HouseStack.of(this).settings.isGradual === true
        ? { deploymentPreference: gradually(version.attrArn, failed.alarmName) }
        : { routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }] }),
    });
    return alias.attrArn;
  }

  #nameDefinition(file: string): void {
    const resource = this.stateMachine.node.defaultChild;
    if (!(resource instanceof CfnStateMachine))
      throw new Error(`${this.node.path} has no resource`);
    resource.addMetadata('zhudai:definition', file);
  }

  #allowFunctions(functions: readonly WorkflowFunction[]): void {
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: functions.map(({ functionArn }) => functionArn),
      }),
    );
  }

  /** What `states:startExecution.sync:2` needs (Step Functions guide, "IAM policies for nested workflows"). */
  #allowChild(child: Workflow): void {
    const rule = HouseStack.of(this).formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const statements = [
      {
        actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
        resources: [executionArns(this, child.machineName)],
      },
      {
        actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        resources: [rule],
      },
    ];
    this.stateMachine.addToRolePolicy(startsLive(child));
    for (const statement of statements)
      this.stateMachine.addToRolePolicy(new PolicyStatement(statement));
  }

  /** Named, not referred to: the machine's role cannot wait for the machine (guide, "IAM policies for Distributed Map"). */
  #allowMapRuns(): void {
    const statements = [
      { actions: ['states:StartExecution'], resources: [machineArn(this, this.machineName)] },
      {
        actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
        resources: [mapExecutionArns(this, this.machineName)],
      },
    ];
    for (const statement of statements)
      this.stateMachine.addToRolePolicy(new PolicyStatement(statement));
  }

  #watch(impact: string): Alarm {
    const period = Duration.minutes(5);
    new Alarm(this, 'TimedOut', { metric: this.stateMachine.metricTimedOut({ period }), impact });
    return new Alarm(this, 'Failed', {
      metric: this.stateMachine.metricFailed({ period }),
      impact,
    });
  }
}

/** A tenth of new executions for half an hour; an execution that fails meanwhile takes the deployment back. */
function gradually(stateMachineVersionArn: string, alarmName: string) {
  return {
    type: 'CANARY',
    percentage: 10,
    interval: 30,
    alarms: [alarmName],
    stateMachineVersionArn,
  };
}

/**
 * Reads a definition, without its spaces. The file says `arn:aws:` as the language asks; a deployment in another
 * partition needs that partition's name, so it becomes a token as well.
 */
function readDefinition(file: string, provided: readonly string[]): string {
  const text = readFileSync(join(repositoryRoot, file), 'utf8');
  const used = new Set(Array.from(text.matchAll(/\$\{(\w+)\}/g), ([, token]) => token ?? ''));
  const missing = [...used].filter((token) => !provided.includes(token));
  if (missing.length > 0)
    throw new Error(`${file} uses ${missing.join(', ')}, which nothing provides`);
  const idle = provided.filter((token) => !used.has(token));
  if (idle.length > 0) throw new Error(`${file} does not use ${idle.join(', ')}`);
  const definition: unknown = JSON.parse(text);
  if (!isNamed(definition)) throw new Error(`${file} has no Comment that says what it does`);
  const released = { ...definition, Comment: `${definition.Comment} (release ${RELEASE})` };
  return JSON.stringify(released).replaceAll('arn:aws:', 'arn:${Partition}:');
}

function isNamed(definition: unknown): definition is { readonly Comment: string } {
  return (
    typeof definition === 'object' &&
    definition !== null &&
    'Comment' in definition &&
    typeof definition.Comment === 'string'
  );
}

function mapEntries<In>(
  record: Readonly<Record<string, In>>,
  change: (name: string, value: In) => [string, string],
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => change(name, value)));
}
