import { createHash } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import * as z from 'zod';
import { canonicalJson } from '#domain/shared/canonical-json.ts';
import { ApplicationErased, NotFound } from '#domain/shared/errors.ts';
import { OperatorRole } from '#domain/tasks/task.ts';
import { ApiProblem, problemAnswer, problemCodeOf, type ProblemAnswer } from './problem.ts';
import { fitted, isEmpty, readJson, type RawBody } from './request-body.ts';
import type { CallerKind, RouteDescription } from './route-description.ts';

/** What a REST proxy integration hands over; only what is read. */
export interface ApiEvent {
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext?: {
    readonly requestId?: string;
    readonly authorizer?: Readonly<Record<string, unknown>> | null;
  };
}

export interface ApiAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Who calls, from the authoriser and from nowhere else. */
export interface Callers {
  readonly Partner: { readonly partnerId: string };
  readonly Operator: { readonly operatorId: string; readonly roles: readonly OperatorRole[] };
  readonly Anybody: object;
}

const Roles = z
  .string()
  .transform((text) => text.split(',').filter((role) => OperatorRole.safeParse(role).success))
  .pipe(z.array(OperatorRole));

const callers: { readonly [Kind in CallerKind]: z.ZodType<Callers[Kind]> } = {
  Partner: z.object({ partnerId: z.string().min(1) }),
  Operator: z.object({ operatorId: z.string().min(1), roles: Roles }),
  Anybody: z.object({}),
};

/** A POST is known by its key; the same key must come with the same request. */
export interface Idempotency {
  /** The key as a name in the `applied` map of an aggregate: hashed, since a key may be any text, `__proto__` included. */
  readonly mark: string;
  /** The key as the caller sent it. */
  readonly key: string;
  /** Digest of the operation, its path and its body. */
  readonly bodyHash: string;
}

export interface ApiRequest<Caller extends CallerKind, Parameters, Query, Body> {
  readonly caller: Callers[Caller];
  readonly parameters: Parameters;
  readonly query: Query;
  readonly body: Body;
  /** Empty texts on a GET. */
  readonly idempotency: Idempotency;
}

export interface RouteAnswer<Body> {
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The header that tells a repeated answer from a first one. */
export const replayedHeader = { 'idempotency-replayed': 'true' } as const;

const headersOfAnswer = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;

/** One HTTP route as a Lambda handler: everything from outside is checked here, and every error leaves as a problem. */
export function apiRoute<
  Caller extends CallerKind,
  Parameters extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Dependencies,
>(route: {
  readonly description: RouteDescription<Caller, Parameters, Query, Body, Answer>;
  /** Built on the first request, so that importing the handler needs no environment. */
  readonly dependencies: () => Dependencies;
  readonly run: (
    request: ApiRequest<Caller, z.infer<Parameters>, z.infer<Query>, z.infer<Body>>,
    dependencies: Dependencies,
  ) => Promise<RouteAnswer<z.input<Answer>>>;
}) {
  const { description } = route;
  const logger = new Logger();
  let dependencies: Dependencies | undefined;
  return middy<ApiEvent, ApiAnswer>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .handler(async (event) => {
      try {
        const request = readRequest(description, event);
        dependencies ??= route.dependencies();
        const { body, headers } = await route.run(request, dependencies);
        return {
          statusCode: description.status,
          headers: { ...headersOfAnswer, ...headers },
          body: JSON.stringify(description.answer.parse(body)),
        };
      } catch (error) {
        return answerTo(asCallerSees(error, event), event.requestContext?.requestId, logger);
      }
    });
}

function readRequest<
  Caller extends CallerKind,
  Parameters extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
>(
  description: RouteDescription<Caller, Parameters, Query, Body>,
  event: ApiEvent,
): ApiRequest<Caller, z.infer<Parameters>, z.infer<Query>, z.infer<Body>> {
  const caller = callers[description.caller].safeParse(event.requestContext?.authorizer ?? {});
  if (!caller.success) throw new ApiProblem('Unauthorized', 'no valid credentials');
  assertRole(description, event);
  const parameters = description.parameters.safeParse(event.pathParameters ?? {});
  // A malformed id is an unknown one: whoever probes ids learns nothing from the difference.
  if (!parameters.success) throw new NotFound('not found');
  const query = fitted(description.query, event.queryStringParameters ?? {});
  const isPost = description.method === 'POST';
  const raw = isPost ? jsonOf(event, description.body) : {};
  // Fitted before it is hashed: JSON can write numbers (1e400) that have no canonical form, and no schema of ours takes.
  const body = fitted(description.body, raw);
  return {
    caller: caller.data,
    parameters: parameters.data,
    query,
    body,
    idempotency: isPost ? idempotencyOf(description, event, raw) : noIdempotency,
  };
}

function assertRole(description: RouteDescription, event: ApiEvent): void {
  if (description.caller !== 'Operator') return;
  const { roles } = callers.Operator.parse(event.requestContext?.authorizer);
  if (!roles.some((role) => description.roles?.includes(role)))
    throw new ApiProblem('Forbidden', 'your roles do not include this');
}

function jsonOf(event: ApiEvent, schema: z.ZodType): unknown {
  const raw: RawBody = {
    body: event.body ?? null,
    isBase64Encoded: event.isBase64Encoded ?? false,
    contentType: headerOf(event, 'content-type'),
  };
  return isEmpty(raw) && schema.safeParse({}).success ? {} : readJson(raw);
}

const noIdempotency: Idempotency = { mark: '', key: '', bodyHash: '' };

/** Printable ASCII, as the header's draft standard has it. */
const keyPattern = /^[\x20-\x7e]{1,255}$/;

function idempotencyOf(
  { operationId }: RouteDescription,
  event: ApiEvent,
  raw: unknown,
): Idempotency {
  const key = headerOf(event, 'idempotency-key')?.trim();
  if (key === undefined || !keyPattern.test(key))
    throw new ApiProblem(
      'IdempotencyKeyMissing',
      'send a fresh Idempotency-Key of 1 to 255 printable ASCII characters with every POST',
    );
  const caller = event.requestContext?.authorizer ?? {};
  const operator: unknown = caller['operatorId'];
  return {
    key,
    mark: digest(JSON.stringify([operator ?? '', key])),
    bodyHash: digest(canonicalJson([operationId, event.pathParameters ?? {}, raw])),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** REST APIs keep the case a client sent its header names in. */
function headerOf(event: ApiEvent, name: string): string | undefined {
  const headers = event.headers ?? {};
  if (headers[name] !== undefined) return headers[name];
  const found = Object.keys(headers).find((header) => header.toLowerCase() === name);
  return found === undefined ? undefined : headers[found];
}

/** What was erased is gone for whose it was; for any other partner there never was anything. */
function asCallerSees(error: unknown, event: ApiEvent): unknown {
  if (!(error instanceof ApplicationErased)) return error;
  const caller = callers.Partner.safeParse(event.requestContext?.authorizer ?? {});
  const isForeign = caller.success && caller.data.partnerId !== error.partnerId;
  return isForeign ? new NotFound('not found') : error;
}

function answerTo(
  error: unknown,
  correlationId: string | undefined,
  logger: Logger,
): ProblemAnswer {
  const code = problemCodeOf(error);
  if (code === undefined) {
    logger.error('the request met a bug', { correlationId, error });
    return problemAnswer({
      code: 'InternalError',
      detail: 'tell us the correlation id',
      correlationId,
    });
  }
  if (code === 'NotFound') return problemAnswer({ code });
  return problemAnswer({
    code,
    detail: detailOf(error),
    errors: error instanceof ApiProblem ? error.errors : undefined,
  });
}

/** AWS's and the network's own words stay inside. */
function detailOf(error: unknown): string {
  if (error instanceof Error && (error.name === 'ApiProblem' || problemIsOurs(error)))
    return error.message;
  return 'try again in a moment';
}

function problemIsOurs(error: Error): boolean {
  return [
    'InvalidInput',
    'InvalidTransition',
    'ApplicationClosed',
    'ApplicationErased',
    'Forbidden',
  ].includes(error.name);
}
