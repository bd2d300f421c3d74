import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { MathExpression, Metric, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  CfnFunction,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
  type IFunction,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import type { Access } from './access.ts';
import { Alarm } from './alarm.ts';
import { bundlePath } from './bundle-path.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { HouseStack } from './house-stack.ts';
import { LIVE, RELEASE } from './release.ts';

/** Cybersecurity Law art. 21 asks for six months of network logs; the house keeps 400 days. */
export const LOG_RETENTION = RetentionDays.THIRTEEN_MONTHS;

export interface WorkflowFunctionProps {
  /** The handler's source file, from the repository root. */
  readonly entry: string;
  /** What the business loses while this function fails; the text of its alarm. */
  readonly errorImpact: string;
  readonly access?: readonly Access[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly memoryMegabytes?: number;
  readonly timeout?: Duration;
  /** Called by an event or a schedule, so that nobody hears of its failure: gets retries and a dead-letter queue. */
  readonly isAsynchronous?: boolean;
  /** A step of a machine that may refuse by a name the machine catches (`refusalNames`): no error to be woken for. */
  readonly mayRefuse?: boolean;
  /** Files it reads as it runs, by the variable that says where: put beside its bundle, found in node_modules without one. */
  readonly files?: Readonly<Record<string, string>>;
}

/** One Lambda of the house: its own role with what it needs and no more, its logs, its alarm. */
export class WorkflowFunction extends Construct {
  readonly function: LambdaFunction;
  /** What everything calls: the version that was deployed last, or the one a rollback pointed back at. */
  readonly live: IFunction;
  /** The ARN of `live`. */
  readonly functionArn: string;
  /** Where failed events of an asynchronous function wait. */
  readonly deadLetters: DeadLetterQueue | undefined;
  readonly errorImpact: string;

  constructor(scope: Construct, id: string, props: WorkflowFunctionProps) {
    super(scope, id);
    const stack = HouseStack.of(this);
    const access = props.access ?? [];
    this.errorImpact = props.errorImpact;

    const logGroup = new LogGroup(this, 'Logs', {
      retention: LOG_RETENTION,
      removalPolicy: stack.settings.isDisposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    for (const statement of access.flatMap(({ statements }) => statements))
      role.addToPolicy(statement);

    this.function = new LambdaFunction(this, 'Function', {
      // The release is part of what is versioned: each one publishes every function, and can be found again.
      description: `${props.entry} (${stack.settings.stage}, release ${RELEASE})`,
      runtime: Runtime.NODEJS_24_X,
      architecture: stack.isChina ? Architecture.X86_64 : Architecture.ARM_64,
      tracing: stack.isChina ? Tracing.DISABLED : Tracing.ACTIVE,
      handler: 'index.handler',
      code: codeOf(props, stack.settings.bundleDirectory),
      memorySize: props.memoryMegabytes ?? 512,
      timeout: props.timeout ?? Duration.seconds(30),
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role,
      environment: {
        STAGE: stack.settings.stage,
        POWERTOOLS_SERVICE_NAME: basename(props.entry, '.ts'),
        ...Object.fromEntries(access.flatMap(({ environment }) => Object.entries(environment))),
        ...props.environment,
        ...(stack.settings.bundleDirectory === undefined ? {} : deployedNames(props.files)),
      },
      // A version stays when the next one comes: a rollback goes back to it.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    this.live = asFunction(this.function.addAlias(LIVE));
    this.functionArn = this.live.functionArn;
    nameEntry(this.function, props.entry);

    new Alarm(this, 'Errors', {
      metric: this.#errors(props, stack.settings.stage),
      impact: props.errorImpact,
    });
    this.deadLetters = props.isAsynchronous === true ? this.#keepFailedEvents() : undefined;
  }

  #errors({ entry, mayRefuse }: WorkflowFunctionProps, stage: string): IMetric {
    const counted = { period: Duration.minutes(5), statistic: 'Sum' };
    const errors = this.function.metricErrors(counted);
    if (mayRefuse !== true) return errors;
    const refusals = new Metric({
      ...counted,
      namespace: 'Zhudai',
      metricName: 'Refusals',
      dimensionsMap: { service: basename(entry, '.ts'), stage },
    });
    return new MathExpression({
      expression: 'errors - FILL(refusals, 0)',
      usingMetrics: { errors, refusals },
      label: 'Errors that no machine expects',
      period: counted.period,
    });
  }

  #keepFailedEvents(): DeadLetterQueue {
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', { impact: this.errorImpact });
    this.live.configureAsyncInvoke({
      onFailure: deadLetters.destination,
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
    });
    return deadLetters;
  }
}

/** The library types an alias's role more loosely than a function's; it is a function all the same. */
function asFunction(alias: IConstruct): IFunction {
  if (!isFunction(alias)) throw new Error(`${alias.node.path} is no function`);
  return alias;
}

function isFunction(construct: IConstruct): construct is IFunction {
  return construct instanceof Alias;
}

/** The one-machine host loads the handler from the source file named here; nothing is declared twice. */
function nameEntry(target: LambdaFunction, entry: string): void {
  const resource = target.node.defaultChild;
  if (!(resource instanceof CfnFunction)) throw new Error(`${target.node.path} has no resource`);
  resource.addMetadata('zhudai:entry', entry);
}

function codeOf(
  { entry, files = {} }: WorkflowFunctionProps,
  bundleDirectory: string | undefined,
): Code {
  // A template made without bundling is for reading. Deployed by mistake, it must say so rather than seem to work.
  if (bundleDirectory === undefined)
    return Code.fromInline(
      "exports.handler = async () => { throw new Error('synthesised without code') };",
    );
  const bundle = bundlePath(bundleDirectory, entry);
  for (const file of Object.values(files))
    copyFileSync(fileURLToPath(import.meta.resolve(file)), join(bundle, basename(file)));
  return Code.fromAsset(bundle);
}

/** Lambda unpacks a bundle into the folder `LAMBDA_TASK_ROOT`; where that is, the function knows as it runs. */
function deployedNames(files: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([variable, file]) => [variable, basename(file)]),
  );
}
