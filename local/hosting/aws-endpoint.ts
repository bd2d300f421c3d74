import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  errorAnswer,
  jsonAnswer,
  jsonBody,
  xmlAnswer,
  xmlText,
  type AwsAnswer,
  type AwsRequest,
} from './aws-request.ts';
import { busName, type EventEntry, type Events } from './events.ts';
import { FunctionError, functionName, type FunctionHost } from './functions.ts';
import { runAsPlatform, runningFunction } from './function-environment.ts';
import { ACCOUNT_ID, localArn } from './identity.ts';
import type { KeyService } from './key-service.ts';
import { answerVersions } from './lambda-versions.ts';
import type { Meter } from './meter.ts';
import type { Permissions } from './permissions.ts';
import type { Queues } from './queues.ts';
import { readBody } from './request-body.ts';
import { commandUses, objectUses } from './request-uses.ts';
import type { S3Service } from './s3-service.ts';
import type { Scheduler } from './scheduler.ts';
import type { Secrets } from './secrets.ts';
import type { TableRequests } from './table-requests.ts';

/** Answers a request of the Step Functions API; the interpreter has it. */
export type StepFunctions = (
  target: string,
  body: unknown,
) => Promise<{ status: number; body: unknown }>;

export interface AwsEndpointOptions {
  readonly stepFunctions: StepFunctions;
  readonly events: Events;
  readonly scheduler: Scheduler;
  readonly objects: S3Service;
  readonly secrets: Secrets;
  readonly functions: FunctionHost;
  readonly database: TableRequests;
  readonly keys: KeyService;
  readonly queues: Queues;
  readonly meter: Meter;
  readonly permissions: Permissions;
}

const BODY_BYTES_MAX = 64 * 1024 * 1024;

/** One endpoint for every emulated service, so that `--endpoint-url` of the AWS CLI needs one address. */
export class AwsEndpoint {
  readonly #options: AwsEndpointOptions;

  constructor(options: AwsEndpointOptions) {
    this.#options = options;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#serve(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  }

  /** Answers without HTTP: the SDK clients of this very process come this way. */
  answer(request: AwsRequest): Promise<AwsAnswer> {
    // Judged and counted where tables are asked, in the name of the function that runs.
    if (isForTables(request)) return this.answerDynamo(request).catch(unexpected);
    const caller = this.#callerOf(request);
    return runAsPlatform(
      async () => this.#refuse(request, caller) ?? (await this.#answer(request)),
    );
  }

  /** Answers a command of a JSON protocol from this very process. */
  answerCommand(
    target: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<{ status: number; body: Readonly<Record<string, unknown>> }> {
    const caller = runningFunction();
    const refusal =
      caller === undefined
        ? undefined
        : this.#options.permissions.refusalOf(caller, commandUses(target, body));
    if (refusal !== undefined)
      return Promise.resolve({
        status: 400,
        body: { __type: 'AccessDeniedException', message: refusal },
      });
    return runAsPlatform(async () => {
      this.#options.meter.countRequest(target);
      if (!target.startsWith('AWSEvents.')) {
        const { status, body: answer } = await this.#options.stepFunctions(target, body);
        return { status, body: { ...(answer as object) } };
      }
      const entries = (body['Entries'] ?? []) as EventEntry[];
      return { status: 200, body: { ...(await this.#options.events.putEvents(entries)) } };
    });
  }

  async answerDynamo(request: AwsRequest): Promise<AwsAnswer> {
    const target = request.headers['x-amz-target'] ?? '';
    const text = request.body.toString('utf8');
    const { status, body } = await this.#options.database.forward(target, text);
    return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
  }

  /** The function that runs, or the one whose access key signed; undefined for people and tools of this machine. */
  #callerOf({ headers, query }: AwsRequest): string | undefined {
    const running = runningFunction();
    if (running !== undefined) return running;
    const credential =
      query.get('X-Amz-Credential') ??
      /Credential=([^,]+)/.exec(headers['authorization'] ?? '')?.[1];
    const accessKeyId = credential?.split('/')[0] ?? '';
    return this.#options.functions.has(accessKeyId) ? accessKeyId : undefined;
  }

  #refuse(request: AwsRequest, caller: string | undefined): AwsAnswer | undefined {
    if (caller === undefined) return undefined;
    const { permissions, objects } = this.#options;
    const target = request.headers['x-amz-target'];
    if (target !== undefined) {
      const body = jsonBody(request);
      // The key it stands in for is granted; that this machine seals without it, no template knows.
      if (
        target === 'secretsmanager.GetSecretValue' &&
        this.#options.functions.readsInstead(caller, body['SecretId'])
      )
        return undefined;
      const named =
        target === 'TrentService.Decrypt'
          ? { ...body, KeyId: this.#options.keys.keyOf(String(body['CiphertextBlob'])) }
          : body;
      const refusal = permissions.refusalOf(caller, commandUses(target, named));
      return refusal === undefined ? undefined : errorAnswer(400, 'AccessDeniedException', refusal);
    }
    const uses = objectUses(request, (bucket) => objects.keyArn(bucket));
    const refusal = permissions.refusalOf(caller, uses);
    if (refusal === undefined) return undefined;
    const xml = `<Error><Code>AccessDenied</Code><Message>${xmlText(refusal)}</Message></Error>`;
    return xmlAnswer(403, xml);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, BODY_BYTES_MAX);
    if (body === undefined) {
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    const url = request.url ?? '/';
    const at = url.indexOf('?');
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers))
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
    const answer = await this.answer({
      method: request.method ?? 'GET',
      path: at < 0 ? url : url.slice(0, at),
      query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
      headers,
      body,
    });
    response.writeHead(answer.status, {
      'content-length': Buffer.byteLength(answer.body),
      ...answer.headers,
    });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  async #answer(request: AwsRequest): Promise<AwsAnswer> {
    const target = request.headers['x-amz-target'];
    const { meter } = this.#options;
    try {
      if (target === undefined) return await this.#answerRest(request);
      meter.countRequest(target);
      return await this.#answerTarget(request, target);
    } catch (error) {
      return unexpected(error);
    }
  }

  async #answerTarget(request: AwsRequest, target: string): Promise<AwsAnswer> {
    const [service = '', operation = ''] = target.split('.');
    if (service === 'AWSStepFunctions') {
      const { status, body } = await this.#options.stepFunctions(target, jsonBody(request));
      return jsonAnswer(status, body, { 'content-type': 'application/x-amz-json-1.0' });
    }
    if (service === 'AWSEvents') return this.#answerEvents(operation, jsonBody(request));
    if (service === 'secretsmanager')
      return this.#options.secrets.answer(operation, jsonBody(request));
    if (service === 'AmazonSQS') return this.#options.queues.answer(operation, jsonBody(request));
    if (service === 'TrentService') return this.#options.keys.answer(operation, jsonBody(request));
    return errorAnswer(400, 'UnknownOperationException', `${target} is not emulated here`);
  }

  async #answerEvents(operation: string, body: Record<string, unknown>): Promise<AwsAnswer> {
    const { events } = this.#options;
    switch (operation) {
      case 'PutEvents':
        return jsonAnswer(200, await events.putEvents((body['Entries'] ?? []) as EventEntry[]));
      case 'ListEventBuses':
        return jsonAnswer(200, {
          EventBuses: [
            { name: 'default', arn: localArn('events', 'event-bus/default') },
            ...events.buses,
          ].map(({ name, arn }) => ({ Name: name, Arn: arn })),
        });
      case 'ListRules':
        return jsonAnswer(200, {
          Rules: this.#rulesOf(body).map((rule) => this.#describeRule(rule)),
        });
      case 'DescribeRule':
      case 'ListTargetsByRule': {
        const name = body[operation === 'DescribeRule' ? 'Name' : 'Rule'];
        const rule = this.#rulesOf(body).find((each) => each.name === name);
        if (!rule)
          return errorAnswer(
            400,
            'ResourceNotFoundException',
            `Rule ${String(name)} does not exist.`,
          );
        return operation === 'DescribeRule'
          ? jsonAnswer(200, this.#describeRule(rule))
          : jsonAnswer(200, { Targets: rule.properties.Targets });
      }
      default:
        return errorAnswer(
          400,
          'UnknownOperationException',
          `AWSEvents.${operation} is not emulated here: rules come from the template`,
        );
    }
  }

  #rulesOf(body: Record<string, unknown>): Events['rules'] {
    const bus = busName(
      typeof body['EventBusName'] === 'string' ? body['EventBusName'] : 'default',
    );
    return this.#options.events.rules.filter(
      ({ properties }) => busName(properties.EventBusName) === bus,
    );
  }

  #describeRule({ name, arn, properties }: Events['rules'][number]): Record<string, unknown> {
    const { EventBusName, EventPattern, Description, State } = properties;
    return {
      Name: name,
      Arn: arn,
      State,
      EventBusName: busName(EventBusName),
      ...(Description !== undefined && { Description }),
      ...(EventPattern && { EventPattern: JSON.stringify(EventPattern) }),
    };
  }

  async #answerRest(request: AwsRequest): Promise<AwsAnswer> {
    const { path, method, headers, body } = request;
    const { meter, scheduler, objects } = this.#options;
    if (path.startsWith('/2015-03-31/functions')) return this.#answerLambda(request);
    if (path.startsWith('/schedules') && headers['authorization']?.includes('/scheduler/'))
      return scheduler.answer(request);
    if (method === 'POST' && path === '/' && body.includes('Action=GetCallerIdentity'))
      return xmlAnswer(
        200,
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
          `<Arn>arn:aws:iam::${ACCOUNT_ID}:user/local</Arn><UserId>local</UserId><Account>${ACCOUNT_ID}</Account>` +
          '</GetCallerIdentityResult></GetCallerIdentityResponse>',
      );
    const service = /Credential=[^/]+\/\d+\/[^/]+\/([\w-]+)\//.exec(
      headers['authorization'] ?? '',
    )?.[1];
    if (service !== undefined && service !== 's3')
      return xmlAnswer(
        400,
        `<ErrorResponse><Error><Type>Sender</Type><Code>UnknownOperationException</Code><Message>${service} is not emulated here</Message></Error></ErrorResponse>`,
      );
    meter.countRequest(`S3.${method}`);
    return objects.answer(request);
  }

  async #answerLambda(request: AwsRequest): Promise<AwsAnswer> {
    const { method, path, headers, body } = request;
    const { functions } = this.#options;
    const versions = answerVersions(request, {
      find: (name) => this.#describeFunction(functionName(name)),
      aliases: functions.aliases(),
    });
    if (versions) return versions;
    const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path)?.[1];
    if (name === undefined) return this.#listFunctions(path);
    const called = decodeURIComponent(name);
    if (method !== 'POST' || !functions.has(called))
      return errorAnswer(404, 'ResourceNotFoundException', `Function not found: ${called}`);
    const payload: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
    if (headers['x-amz-invocation-type'] === 'Event') {
      // Nobody waits for the end of an asynchronous invocation.
      functions.invoke(called, payload).catch(() => undefined);
      return { status: 202, headers: {}, body: '' };
    }
    try {
      return jsonAnswer(200, await functions.invoke(called, payload));
    } catch (error) {
      const { name: errorType, message, stack } = error as Error;
      const trace = error instanceof FunctionError ? error.trace : stack?.split('\n');
      return jsonAnswer(
        200,
        { errorType, errorMessage: message, trace },
        { 'x-amz-function-error': 'Unhandled' },
      );
    }
  }

  #listFunctions(path: string): AwsAnswer {
    const name = /^\/2015-03-31\/functions\/([^/]+)/.exec(path)?.[1];
    if (name === undefined)
      return jsonAnswer(200, { Functions: this.#options.functions.list().map(describeFunction) });
    const found = this.#describeFunction(functionName(decodeURIComponent(name)));
    return found
      ? jsonAnswer(200, { Configuration: found })
      : errorAnswer(404, 'ResourceNotFoundException', `Function not found: ${name}`);
  }

  #describeFunction(name: string): ReturnType<typeof describeFunction> | undefined {
    const found = this.#options.functions.list().find((each) => each.name === name);
    return found && describeFunction(found);
  }
}

function unexpected(error: unknown): AwsAnswer {
  if (error instanceof SyntaxError)
    return errorAnswer(400, 'SerializationException', 'the body is not JSON');
  const message = error instanceof Error ? error.message : String(error);
  return errorAnswer(500, 'InternalFailure', message);
}

function isForTables({ headers }: AwsRequest): boolean {
  return headers['x-amz-target']?.startsWith('DynamoDB') === true;
}

function describeFunction(each: ReturnType<FunctionHost['list']>[number]) {
  return {
    FunctionName: each.name,
    FunctionArn: each.arn,
    Description: each.description,
    Handler: each.entry,
    Runtime: 'nodejs24.x',
    Timeout: each.timeoutMs / 1000,
    MemorySize: each.memoryMegabytes,
  };
}
