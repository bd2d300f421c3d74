import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { Activity } from './activity.ts';
import { isolateModules, ownModules } from './function-modules.ts';
import { isolateEnvironments, runAsFunction, type FunctionScope } from './function-environment.ts';
import { localArn } from './identity.ts';
import type { Meter } from './meter.ts';
import { UnsupportedTemplate, type Resource } from './template.ts';

const FunctionProperties = z.object({
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  Environment: z
    .object({ Variables: z.record(z.string(), z.coerce.string()).default({}) })
    .default({ Variables: {} }),
  Handler: z.string().default('index.handler'),
  Description: z.string().default(''),
});

type Handler = (event: unknown, context: LambdaContext) => unknown;

interface LambdaContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly callbackWaitsForEmptyEventLoop: boolean;
  getRemainingTimeInMillis(): number;
  done(): void;
  fail(): void;
  succeed(): void;
}

/** One function of the template, loaded from its source when it is first needed. */
interface HostedFunction {
  readonly name: string;
  readonly arn: string;
  readonly entry: string;
  readonly description: string;
  readonly timeoutMs: number;
  readonly memoryMegabytes: number;
  readonly scope: FunctionScope;
  /** Something it reads on this machine alone, whatever its role may do. */
  readonly standInArn: string | undefined;
  handler: Promise<Handler> | undefined;
}

/** What a function threw, with the name it threw: state machines match on it. */
export class FunctionError extends Error {
  readonly trace: readonly string[];

  constructor({ name, message, trace }: { name: string; message: string; trace?: string[] }) {
    super(message);
    this.name = name;
    this.trace = trace ?? [];
  }
}

const InvokeConfig = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: z.coerce.number().default(2),
  DestinationConfig: z
    .object({ OnFailure: z.object({ Destination: z.string() }).optional() })
    .default({}),
});

/** What becomes of an event that a function fails on. */
export interface AsynchronousConduct {
  readonly retriesMax: number;
  readonly deadLetterArn: string | undefined;
}

export interface StandIn {
  readonly of: string;
  readonly variable: string;
  readonly arn: string;
}

export interface FunctionHostOptions {
  readonly functions: readonly Resource[];
  /** The template's `AWS::Lambda::EventInvokeConfig`. */
  readonly invokeConfigs: readonly Resource[];
  /** The template's `AWS::Lambda::Alias`. */
  readonly aliases?: readonly Resource[];
  /** A variable of the template that has no meaning on this machine, and what who had it reads instead. */
  readonly standIn?: StandIn | undefined;
  /** The folder that entries are relative to. */
  readonly root: string;
  readonly activity: Activity;
  readonly meter: Meter;
  /** Every function with modules, caches and an access key of its own, as in the cloud; slower to load. */
  readonly isIsolated: boolean;
  readonly log: (text: string) => void;
  /** Hears of every call, by the source of the function: what a release was asked is recorded by it. */
  readonly onCall?: ((entry: string, payload: unknown) => void) | undefined;
}

/** Runs Lambda functions in this process, from their TypeScript sources. */
export class FunctionHost {
  readonly #functions = new Map<string, HostedFunction>();
  readonly #conducts = new Map<string, AsynchronousConduct>();
  readonly #options: FunctionHostOptions;

  constructor(options: FunctionHostOptions) {
    this.#options = options;
    for (const resource of options.functions) {
      const hosted = hostedFunction(resource, options);
      this.#functions.set(hosted.name, hosted);
    }
    for (const { properties } of options.invokeConfigs) {
      const config = InvokeConfig.parse(properties);
      this.#conducts.set(functionName(config.FunctionName), {
        retriesMax: config.MaximumRetryAttempts,
        deadLetterArn: config.DestinationConfig.OnFailure?.Destination,
      });
    }
    if (options.isIsolated) isolateModules(options.root);
    isolateEnvironments(
      [...this.#functions.values()].flatMap(({ scope }) => Object.keys(scope.environment)),
    );
  }

  /** How a function is called when nobody waits for its answer: Lambda retries twice unless told otherwise. */
  asynchronousConduct(nameOrArn: string): AsynchronousConduct {
    const known = this.#conducts.get(functionName(nameOrArn));
    return known ?? { retriesMax: 2, deadLetterArn: undefined };
  }

  /** Names and settings of every function, for lists. */
  list(): readonly Pick<
    HostedFunction,
    'name' | 'arn' | 'entry' | 'description' | 'timeoutMs' | 'memoryMegabytes'
  >[] {
    return [...this.#functions.values()];
  }

  /** Every alias and the function it is of. */
  aliases(): readonly { functionName: string; name: string }[] {
    return (this.#options.aliases ?? []).map(({ name, ref }) => ({
      functionName: functionName(ref),
      name,
    }));
  }

  /** Loads every function now instead of at its first call. */
  async loadAll(): Promise<void> {
    for (const hosted of this.#functions.values())
      // A function that does not load fails when it is called, as it would in the cloud.
      await this.#load(hosted).catch((error: unknown) => {
        this.#options.log(`${hosted.name} does not load: ${String(error)}\n`);
      });
  }

  has(nameOrArn: string): boolean {
    return this.#functions.has(functionName(nameOrArn));
  }

  /** Whether a function reads this instead of something that the cloud alone has. */
  readsInstead(name: string, arn: unknown): boolean {
    return arn !== undefined && this.#functions.get(name)?.standInArn === arn;
  }

  /** Calls a function and answers its result; throws a `FunctionError` with what it threw. */
  async invoke(nameOrArn: string, payload: unknown): Promise<unknown> {
    const hosted = this.#functions.get(functionName(nameOrArn));
    if (!hosted)
      throw new FunctionError({
        name: 'ResourceNotFoundException',
        message: `Function not found: ${nameOrArn}`,
      });
    const { activity, meter, onCall } = this.#options;
    meter.countInvocation(hosted.name);
    onCall?.(hosted.entry, payload);
    return activity.track(() =>
      runAsFunction(hosted.scope, () => this.#run(hosted, throughJson(payload))),
    );
  }

  async #run(hosted: HostedFunction, event: unknown): Promise<unknown> {
    const requestId = randomUUID();
    const { promise: timedOut, reject } = Promise.withResolvers<never>();
    const startedAt = performance.now();
    const seconds = (hosted.timeoutMs / 1000).toFixed(2);
    const timer = setTimeout(() => {
      reject(
        new FunctionError({
          name: 'Sandbox.Timedout',
          message: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
        }),
      );
    }, hosted.timeoutMs);
    const remainingMs = (): number =>
      Math.max(0, Math.round(startedAt + hosted.timeoutMs - performance.now()));
    try {
      const work = this.#call(hosted, event, contextOf(hosted, requestId, remainingMs));
      // A function that goes on after its time is a zombie, as in the cloud: nobody hears of its end.
      work.catch(() => undefined);
      return throughJson(await Promise.race([work, timedOut]));
    } catch (error) {
      throw asFunctionError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #call(hosted: HostedFunction, event: unknown, context: LambdaContext): Promise<unknown> {
    const handler = await this.#load(hosted);
    return handler(event, context);
  }

  #load(hosted: HostedFunction): Promise<Handler> {
    hosted.handler ??= runAsFunction(hosted.scope, () =>
      loadHandler(
        join(this.#options.root, hosted.entry),
        this.#options.isIsolated ? ownModules(hosted.name) : '',
      ),
    );
    // What could not be loaded is tried again: the file may have been repaired meanwhile.
    hosted.handler.catch(() => {
      hosted.handler = undefined;
    });
    return hosted.handler;
  }
}

/** The name in a function's ARN, whatever version or alias it ends with. */
export function functionName(nameOrArn: string): string {
  if (!nameOrArn.startsWith('arn:')) return nameOrArn.split(':')[0] ?? nameOrArn;
  return nameOrArn.split(':')[6] ?? nameOrArn;
}

function hostedFunction(
  resource: Resource,
  { log, standIn, isIsolated }: FunctionHostOptions,
): HostedFunction {
  const entry = resource.metadata['zhudai:entry'];
  if (typeof entry !== 'string')
    throw new UnsupportedTemplate(
      `${resource.stack}/${resource.logicalId} has no metadata "zhudai:entry": its source is unknown`,
    );
  const { Timeout, MemorySize, Environment, Description } = FunctionProperties.parse(
    resource.properties,
  );
  const { [standIn?.of ?? '']: replaced, ...variables } = Environment.Variables;
  return {
    name: resource.name,
    arn: localArn('lambda', `function:${resource.name}`),
    entry,
    description: Description,
    timeoutMs: Timeout * 1000,
    memoryMegabytes: MemorySize,
    scope: {
      name: resource.name,
      environment: {
        ...(standIn && replaced !== undefined && { [standIn.variable]: standIn.arn }),
        ...variables,
        ...(isIsolated && accessKeyOf(resource.name)),
        AWS_LAMBDA_FUNCTION_NAME: resource.name,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      },
      log,
    },
    standInArn: replaced === undefined ? undefined : standIn?.arn,
    handler: undefined,
  };
}

/** Says who signed what was presigned or sent over HTTP. Expired from the start, so that no client remembers another's. */
function accessKeyOf(name: string): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: name, AWS_CREDENTIAL_EXPIRATION: new Date().toISOString() };
}

async function loadHandler(path: string, search: string): Promise<Handler> {
  const loaded = (await import(`${pathToFileURL(path).href}${search}`)) as { handler?: unknown };
  if (typeof loaded.handler !== 'function')
    throw new FunctionError({
      name: 'Runtime.HandlerNotFound',
      message: `${path} exports no function "handler"`,
    });
  return loaded.handler as Handler;
}

function contextOf(
  hosted: HostedFunction,
  awsRequestId: string,
  remainingMs: () => number,
): LambdaContext {
  const nothing = (): void => undefined;
  return {
    awsRequestId,
    functionName: hosted.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: hosted.arn,
    memoryLimitInMB: String(hosted.memoryMegabytes),
    logGroupName: `/aws/lambda/${hosted.name}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: remainingMs,
    done: nothing,
    fail: nothing,
    succeed: nothing,
  };
}

/** What crosses a function's border is JSON: dates become text, undefined goes, nothing is shared. */
function throughJson(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown);
}

function asFunctionError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new FunctionError({ name: 'Error', message: String(error) });
}
