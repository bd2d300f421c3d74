import { randomUUID } from 'node:crypto';
import { TaskFailure, type Failure } from './failures.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import type { IntegrationPattern, Resource } from './resources.ts';
import type { Services } from './services.ts';
import type { ExecutionSummary } from './store.ts';

/** A call to make for a Task. */
export interface IntegrationCall {
  readonly resource: Exclude<Resource, { kind: 'Activity' }>;
  readonly parameters: Json;
  readonly startedBy: string;
  /** The machine in whose name; absent for a call outside of any. */
  readonly stateMachineArn?: string;
}

/** What came back at once; a nested execution is waited for elsewhere. */
export interface IntegrationAnswer {
  readonly output: Json;
  readonly childArn?: string;
}

/** Calls what a Task names. */
export async function callIntegration(
  services: Services,
  call: IntegrationCall,
): Promise<IntegrationAnswer> {
  const { resource, parameters } = call;
  const { ports } = services;
  const { stateMachineArn } = call;
  const demand = (action: string, of: string): void => {
    if (stateMachineArn !== undefined) ports.demand?.({ stateMachineArn, action, resource: of });
  };
  if (resource.kind === 'Function') {
    demand('lambda:InvokeFunction', resource.arn);
    return { output: toJson(await ports.invokeLambda(resource.arn, clone(parameters))) };
  }
  const given = isJsonObject(parameters) ? parameters : {};
  switch (`${resource.service}:${resource.action}`) {
    case 'lambda:invoke':
      demand('lambda:InvokeFunction', textOf(given['FunctionName']));
      return { output: await invokeFunction(services, given) };
    case 'states:startExecution': {
      demand('states:StartExecution', textOf(given['StateMachineArn']));
      const child = await services.startNested({ parameters, startedBy: call.startedBy });
      const { executionArn, startedAtMs } = child;
      return {
        output: { ExecutionArn: executionArn, ...responseMetadata(), StartDate: startedAtMs },
        childArn: executionArn,
      };
    }
    case 'events:putEvents':
      if (ports.putEvents) return { output: await putEvents(ports.putEvents, given) };
  }
  if (!ports.callService)
    throw new TaskFailure('States.Runtime', `no service port for ${resource.arn}`);
  return { output: toJson(await ports.callService(resource.arn, clone(parameters))) };
}

async function invokeFunction(services: Services, given: JsonObject): Promise<Json> {
  const name = textOf(given['FunctionName']);
  const work = services.ports.invokeLambda(name, clone(given['Payload'] ?? {}));
  if (given['InvocationType'] === 'Event') {
    // Nobody hears of an asynchronous invocation's end.
    services.track(work.catch(() => undefined));
    return { ExecutedVersion: '$LATEST', Payload: '', ...responseMetadata(202), StatusCode: 202 };
  }
  const Payload = toJson(await work);
  return { ExecutedVersion: '$LATEST', Payload, ...responseMetadata(), StatusCode: 200 };
}

async function putEvents(
  put: (entries: readonly JsonObject[]) => Promise<unknown>,
  given: JsonObject,
): Promise<Json> {
  const entries = Array.isArray(given['Entries']) ? given['Entries'].filter(isJsonObject) : [];
  // Step Functions takes a Detail as JSON; EventBridge takes text.
  const answer = toJson(
    await put(
      entries.map((entry) =>
        isJsonObject(entry['Detail'])
          ? { ...entry, Detail: JSON.stringify(entry['Detail']) }
          : entry,
      ),
    ),
  );
  const output = isJsonObject(answer) ? answer : {};
  if (Number(output['FailedEntryCount'] ?? 0) > 0)
    throw new TaskFailure('EventBridge.FailedEntry', JSON.stringify(output));
  return { ...output, ...responseMetadata() };
}

/** What the service adds to every answer of an SDK call. */
export function responseMetadata(status = 200): JsonObject {
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: { 'Content-Type': ['application/json'] },
      HttpHeaders: { 'Content-Type': 'application/json' },
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: randomUUID() },
  };
}

/** The error and cause of a call that threw, in the words recorded on AWS. */
export function failureOfCall(error: unknown, resource: Resource): Failure {
  if (error instanceof TaskFailure) return { error: error.error, cause: error.message };
  const name = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  const isFunction =
    resource.kind === 'Function' ||
    (resource.kind === 'Service' && `${resource.service}:${resource.action}` === 'lambda:invoke');
  if (!isFunction) {
    const service = resource.kind === 'Service' ? resource.service.replace('aws-sdk:', '') : '';
    return { error: `${service}.${name}`, cause: message };
  }
  if (name === 'ResourceNotFoundException')
    return {
      error: 'Lambda.ResourceNotFoundException',
      cause: `${message} (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: ${randomUUID()}; Proxy: null)`,
    };
  return {
    error: name,
    cause: JSON.stringify({
      errorMessage: message,
      errorType: name,
      requestId: randomUUID(),
      stackTrace: stackOf(error),
    }),
  };
}

const STACK_LINES_MAX = 10;

function stackOf(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const lines = error.stack.split('\n').filter((line) => line.startsWith('    at '));
  return lines.slice(0, STACK_LINES_MAX).map((line) => line.trim());
}

/** The result of a task that waited for a nested execution. */
export function nestedResult(
  child: ExecutionSummary,
  pattern: IntegrationPattern,
): { output: Json; failure?: Failure } {
  // `.sync` gives the nested input and output as text, `.sync:2` as values.
  const shown = (value: Json): Json => (pattern === 'Sync2' ? value : JSON.stringify(value));
  const common: JsonObject = {
    ExecutionArn: child.executionArn,
    Input: shown(child.input),
    InputDetails: { Included: true },
    Name: child.name,
    StartDate: child.startedAtMs,
    StateMachineArn: child.stateMachineArn,
    Status: child.status,
    StopDate: child.stoppedAtMs ?? child.startedAtMs,
  };
  if (child.status === 'SUCCEEDED')
    return {
      output: { ...common, Output: shown(child.output ?? null), OutputDetails: { Included: true } },
    };
  const description = {
    ...(child.cause !== undefined && { Cause: child.cause }),
    ...(child.error !== undefined && { Error: child.error }),
    ...common,
  };
  return {
    output: null,
    failure: { error: 'States.TaskFailed', cause: JSON.stringify(description) },
  };
}

function clone(value: Json): Json {
  return structuredClone(value);
}

/** Answers come from code that may keep or change what it returned, and may hold dates and the like. */
function toJson(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}
