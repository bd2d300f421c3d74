import { createDocument } from 'zod-openapi';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiPathsObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';
import * as z from 'zod';
import { problems, type ProblemCode } from '#platform/problem.ts';
import type { RouteDescription } from '#platform/route-description.ts';
import { partnerWebhooks } from './partner-webhooks.ts';

const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(problems)),
    detail: z.string().optional(),
    errors: z
      .array(z.object({ path: z.string(), pointer: z.string(), message: z.string() }))
      .optional(),
    correlationId: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details with a stable code' });

const onEveryRoute: readonly ProblemCode[] = [
  'Unauthorized',
  'TooManyRequests',
  'InternalError',
  'Unavailable',
];
const onEveryPost: readonly ProblemCode[] = [
  'MalformedJson',
  'InvalidInput',
  'IdempotencyKeyMissing',
  'ConcurrentChange',
  'PayloadTooLarge',
  'UnsupportedMediaType',
];

const keyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(255)
    .meta({ description: 'Fresh for every new request; the same for a repeat of one' }),
});

/** The OpenAPI 3.1 document of the partner API, made from the very descriptions the handlers are checked against. */
export function openapiDocument(routes: readonly RouteDescription[]): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const method = route.method === 'GET' ? 'get' : 'post';
    paths[route.path] = { ...paths[route.path], [method]: operationOf(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Zhudai partner API',
      version: '1.0.0',
      description:
        'Money is integer fen, rates are decimal strings a year, dates YYYY-MM-DD, instants ISO 8601 with an offset.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ partnerKey: [] }],
    components: { securitySchemes: { partnerKey: { type: 'http', scheme: 'bearer' } } },
    paths,
    webhooks: { ...partnerWebhooks },
  });
}

function operationOf(route: RouteDescription): ZodOpenApiOperationObject {
  const isPost = route.method === 'POST';
  return {
    operationId: route.operationId,
    summary: route.summary,
    requestParams: {
      path: route.parameters,
      query: route.query,
      ...(isPost ? { header: keyHeader } : {}),
    },
    ...(isPost ? { requestBody: { content: { 'application/json': { schema: route.body } } } } : {}),
    responses: responsesOf(route),
    ...(route.caller === 'Anybody' ? { security: [] } : {}),
  };
}

function responsesOf(route: RouteDescription): ZodOpenApiResponsesObject {
  const done: ZodOpenApiResponseObject = {
    description: 'Done',
    content: { 'application/json': { schema: route.answer } },
  };
  const isPost = route.method === 'POST';
  const codes = [
    ...onEveryRoute,
    ...(isPost ? onEveryPost : []),
    ...(route.path.includes('{applicationId}') ? (['ApplicationErased'] as const) : []),
    ...route.problems,
  ];
  return { ...problemResponses(codes), [String(route.status)]: done };
}

function problemResponses(codes: readonly ProblemCode[]): ZodOpenApiResponsesObject {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const responses: Record<string, ZodOpenApiResponseObject> = {};
  for (const [status, each] of byStatus)
    responses[String(status)] = {
      description: each.join(', '),
      content: { 'application/problem+json': { schema: Problem } },
    };
  return responses;
}
