import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CfnStateMachine,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { executionArns, machineArn, mapExecutionArns } from './access.ts';
import { Alarm } from './alarm.ts';
import { HouseStack } from './house-stack.ts';
import { repositoryRoot } from './repository-root.ts';
import { LOG_RETENTION, type WorkflowFunction } from './workflow-function.ts';

export interface WorkflowProps {
  /** Verb-noun: the machine's name, and its file `statemachines/<name>.asl.json`. */
  readonly name: string;
  /** By the token of the definition: `ScreenApplication` stands for `${ScreenApplicationFunctionArn}`. */
  readonly functions: Readonly<Record<string, WorkflowFunction>>;
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

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const stack = HouseStack.of(this);
    const children = props.children ?? {};
    const file = `statemachines/${props.name}.asl.json`;
    const substitutions = {
      ...mapEntries(props.functions, (name, target) => [`${name}FunctionArn`, target.functionArn]),
      ...mapEntries(children, (name, child) => [`${name}StateMachineArn`, child.stateMachineArn]),
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
    this.#allowFunctions(Object.values(props.functions));
    for (const child of Object.values(children)) this.#allowChild(child);
    if (props.isDistributed === true) this.#allowMapRuns();
    this.#watch(props.failureImpact);
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
      { actions: ['states:StartExecution'], resources: [child.stateMachineArn] },
      {
        actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
        resources: [executionArns(this, child.machineName)],
      },
      {
        actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        resources: [rule],
      },
    ];
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

  #watch(impact: string): void {
    const period = Duration.minutes(5);
    new Alarm(this, 'Failed', { metric: this.stateMachine.metricFailed({ period }), impact });
    new Alarm(this, 'TimedOut', { metric: this.stateMachine.metricTimedOut({ period }), impact });
  }
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
  return JSON.stringify(JSON.parse(text)).replaceAll('arn:aws:', 'arn:${Partition}:');
}

function mapEntries<In>(
  record: Readonly<Record<string, In>>,
  change: (name: string, value: In) => [string, string],
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => change(name, value)));
}
