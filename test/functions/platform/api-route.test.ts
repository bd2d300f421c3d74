import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  ConcurrentChange,
  Forbidden,
  InvalidTransition,
  NotFound,
  Unavailable,
} from '#domain/shared/errors.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute, type ApiEvent, type Idempotency } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { invoke } from '#test/support/invoke.ts';

const applicationId = 'app_00000000000000000000000000';

const posting = describeRoute({
  operationId: 'postThing',
  summary: 'A route with everything',
  method: 'POST',
  path: '/v1/things/{applicationId}',
  caller: 'Partner',
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: z.strictObject({
    amountFen: z.int().positive(),
    name: z.string().min(1).max(50),
    code: z
      .string()
      .regex(/^[0-9]{4}$/)
      .optional(),
    inner: z.strictObject({ list: z.array(z.strictObject({ n: z.int() })) }).optional(),
  }),
  status: 202,
  answer: z.object({ seen: z.unknown(), idempotency: z.unknown() }),
  problems: [],
});

let runs = 0;
const handler = apiRoute({
  description: posting,
  dependencies: () => ({}),
  run: ({ body, idempotency }) => {
    runs += 1;
    return Promise.resolve({ body: { seen: body, idempotency, secret: 'never leaves' } });
  },
});

const good = { amountFen: 100, name: '测试甲' };

function event(overrides: Partial<ApiEvent> = {}): ApiEvent {
  return {
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'key-1' },
    pathParameters: { applicationId },
    queryStringParameters: null,
    body: JSON.stringify(good),
    requestContext: { requestId: 'request-1', authorizer: { partnerId: 'demo-partner' } },
    ...overrides,
  };
}

const withBody = (body: string): Partial<ApiEvent> => ({ body });
const withJson = (value: unknown): Partial<ApiEvent> => withBody(JSON.stringify(value));
const withHeaders = (headers: ApiEvent['headers']): Partial<ApiEvent> => ({
  headers: { 'content-type': 'application/json', 'idempotency-key': 'key-1', ...headers },
});
const raw = (field: string): Partial<ApiEvent> => withBody(`{"amountFen":${field},"name":"a"}`);

describe('apiRoute', () => {
  const refused: [string, Partial<ApiEvent>, number, string, string?][] = [
    ['JSON cut short', withBody('{"amountFen": 1'), 400, 'MalformedJson'],
    ['no body where one is needed', withBody(''), 400, 'MalformedJson'],
    ['a body that is null', { body: null }, 400, 'MalformedJson'],
    ['NaN', raw('NaN'), 400, 'MalformedJson'],
    ['Infinity', raw('Infinity'), 400, 'MalformedJson'],
    ['a number with a leading zero', raw('007'), 400, 'MalformedJson'],
    ['a hexadecimal number', raw('0x10'), 400, 'MalformedJson'],
    ['single quotes', withBody("{'amountFen':1}"), 400, 'MalformedJson'],
    ['a trailing comma', withBody('{"amountFen":1,}'), 400, 'MalformedJson'],
    ['a byte order mark', withBody(`\ufeff${JSON.stringify(good)}`), 400, 'MalformedJson'],
    ['two documents', withBody('{} {}'), 400, 'MalformedJson'],
    ['ten thousand open brackets', withBody('['.repeat(10_000)), 400, 'MalformedJson'],
    ['nesting of a thousand levels', withBody(nested(1000)), 400, 'InvalidInput'],
    ['an array', withBody('[]'), 400, 'InvalidInput', ''],
    ['null', withBody('null'), 400, 'InvalidInput', ''],
    ['a string', withBody('"hello"'), 400, 'InvalidInput', ''],
    ['a missing field', withJson({ amountFen: 1 }), 400, 'InvalidInput', 'name'],
    ['an unknown field', withJson({ ...good, status: 'x' }), 400, 'InvalidInput', 'status'],
    [
      'an unknown field deep inside',
      withJson({ ...good, inner: { list: [{ n: 1, rate: 0 }] } }),
      400,
      'InvalidInput',
      'inner.list.0.rate',
    ],
    ['a number as text', raw('"100"'), 400, 'InvalidInput', 'amountFen'],
    ['a fraction', raw('1.005'), 400, 'InvalidInput', 'amountFen'],
    ['zero', raw('0'), 400, 'InvalidInput', 'amountFen'],
    ['minus zero', raw('-0'), 400, 'InvalidInput', 'amountFen'],
    ['a negative number', raw('-1'), 400, 'InvalidInput', 'amountFen'],
    ['2^53', raw('9007199254740992'), 400, 'InvalidInput', 'amountFen'],
    ['2^53 + 1', raw('9007199254740993'), 400, 'InvalidInput', 'amountFen'],
    ['a number beyond doubles', raw('1e400'), 400, 'InvalidInput', 'amountFen'],
    ['a thousands separator', raw('"1,000"'), 400, 'InvalidInput', 'amountFen'],
    ['true', raw('true'), 400, 'InvalidInput', 'amountFen'],
    ['null for a number', raw('null'), 400, 'InvalidInput', 'amountFen'],
    ['full-width digits', withJson({ ...good, code: '１２３４' }), 400, 'InvalidInput', 'code'],
    ['Arabic digits', withJson({ ...good, code: '١٢٣٤' }), 400, 'InvalidInput', 'code'],
    ['a final newline', withJson({ ...good, code: '1234\n' }), 400, 'InvalidInput', 'code'],
    ['a lone surrogate', withBody('{"amountFen":1,"name":"\\ud800"}'), 400, 'InvalidInput'],
    ['a lone surrogate as a key', withBody('{"\\udfff":1}'), 400, 'InvalidInput'],
    ['NUL', withBody('{"amountFen":1,"name":"a\\u0000b"}'), 400, 'InvalidInput'],
    ['an escape character', withBody('{"amountFen":1,"name":"\\u001b[2J"}'), 400, 'InvalidInput'],
    ['__proto__', withBody('{"__proto__":{"x":1},"amountFen":1,"name":"a"}'), 400, 'InvalidInput'],
    ['constructor', withJson({ ...good, constructor: {} }), 400, 'InvalidInput', 'constructor'],
    ['a body of 64 KB and a byte', withBody(sized(65_537)), 413, 'PayloadTooLarge'],
    ['a large body in two-byte characters', withBody('é'.repeat(40_000)), 413, 'PayloadTooLarge'],
    ['plain text', withHeaders({ 'content-type': 'text/plain' }), 415, 'UnsupportedMediaType'],
    [
      'a form',
      withHeaders({ 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'UnsupportedMediaType',
    ],
    ['no content type', withHeaders({ 'content-type': undefined }), 415, 'UnsupportedMediaType'],
    ['no key', withHeaders({ 'idempotency-key': undefined }), 400, 'IdempotencyKeyMissing'],
    ['an empty key', withHeaders({ 'idempotency-key': '  ' }), 400, 'IdempotencyKeyMissing'],
    [
      'a key of 256 characters',
      withHeaders({ 'idempotency-key': 'k'.repeat(256) }),
      400,
      'IdempotencyKeyMissing',
    ],
    [
      'a key that is not ASCII',
      withHeaders({ 'idempotency-key': '钥匙' }),
      400,
      'IdempotencyKeyMissing',
    ],
    ['a malformed id', { pathParameters: { applicationId: 'app_1' } }, 404, 'NotFound'],
    ['an id of another kind', { pathParameters: { applicationId: 'loan_1' } }, 404, 'NotFound'],
    ['no path at all', { pathParameters: null }, 404, 'NotFound'],
    ['an unknown query', { queryStringParameters: { debug: '1' } }, 400, 'InvalidInput', 'debug'],
    ['nobody', { requestContext: { authorizer: null } }, 401, 'Unauthorized'],
    [
      'an operator',
      { requestContext: { authorizer: { operatorId: 'a', roles: 'Supervisor' } } },
      401,
      'Unauthorized',
    ],
  ];

  it.each(refused)('refuses %s before the use case runs', async (...row) => {
    const [, overrides, status, code, path] = row;
    const before = runs;
    const answer = await invoke(handler, event(overrides));
    const problem = JSON.parse(answer.body) as Record<string, unknown>;
    expect([answer.statusCode, problem['code'], problem['status']]).toEqual([status, code, status]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    if (path !== undefined)
      expect(problem['errors']).toContainEqual(expect.objectContaining({ path }));
    expect(runs).toBe(before);
  });

  it.each([
    ['a body of exactly 64 KB', withBody(sized(65_536))],
    ['1e2, which is a hundred', raw('1e2')],
    ['2^53 - 1', raw('9007199254740991')],
    [
      'a content type with a charset',
      withHeaders({ 'content-type': 'Application/JSON; charset=utf-8' }),
    ],
    [
      'header names in capitals',
      { headers: { 'CONTENT-TYPE': 'application/json', 'IDEMPOTENCY-KEY': 'k' } },
    ],
    [
      'a base64 body',
      { body: Buffer.from(JSON.stringify(good)).toString('base64'), isBase64Encoded: true },
    ],
    ['a character of two code units', withJson({ ...good, name: '𠮷野' })],
    [
      'text that looks like an expression',
      withJson({ ...good, name: '{% $states.input %} States.Format' }),
    ],
  ] as [string, Partial<ApiEvent>][])('takes %s', async (_, overrides) => {
    const answer = await invoke(handler, event(overrides));
    expect([answer.statusCode, answer.body.slice(0, 200)]).toEqual([202, expect.any(String)]);
  });

  it('never repeats what was sent', async () => {
    const idNumber = '990000199001010008';
    const sent = { amountFen: idNumber, name: { idNumber }, code: idNumber, other: idNumber };
    for (const body of [JSON.stringify(sent), `{"name":"${idNumber}"`]) {
      const answer = await invoke(handler, event({ body }));
      expect(answer.statusCode).toBe(400);
      expect(answer.body).not.toContain(idNumber);
    }
  });

  it('lets out only what the answer names', async () => {
    const answer = await invoke(handler, event());
    expect(answer.body).not.toContain('never leaves');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('marks equal requests equally and different ones differently', async () => {
    const idempotencyOf = async (overrides: Partial<ApiEvent>): Promise<Idempotency> => {
      const answer = await invoke(handler, event(overrides));
      return (JSON.parse(answer.body) as { idempotency: Idempotency }).idempotency;
    };
    const first = await idempotencyOf({});
    const reordered = await idempotencyOf(withBody('{ "name": "测试甲", "amountFen": 1e2 }'));
    const other = await idempotencyOf(withJson({ ...good, amountFen: 101 }));
    const elsewhere = await idempotencyOf({
      pathParameters: { applicationId: 'app_00000000000000000000000001' },
    });
    const otherKey = await idempotencyOf(withHeaders({ 'idempotency-key': '__proto__' }));
    expect(reordered).toEqual(first);
    expect(other).toEqual({
      ...first,
      bodyHash: expect.not.stringMatching(first.bodyHash) as string,
    });
    expect(elsewhere.bodyHash).not.toBe(first.bodyHash);
    expect(otherKey.mark).toMatch(/^[0-9a-f]{64}$/);
    expect(otherKey.mark).not.toBe(first.mark);
  });

  it.each([
    ['NotFound', new NotFound('no application app_1'), 404, 'NotFound'],
    ['InvalidTransition', new InvalidTransition('it is Declined'), 409, 'InvalidTransition'],
    ['ConcurrentChange', new ConcurrentChange('changed'), 409, 'ConcurrentChange'],
    ['Forbidden', new Forbidden('somebody else decides'), 403, 'Forbidden'],
    ['Unavailable', new Unavailable('the bureau at 10.0.0.1 is down'), 503, 'Unavailable'],
    [
      'throttling',
      Object.assign(new Error('Rate of arn:aws:x'), { name: 'ThrottlingException' }),
      503,
      'Unavailable',
    ],
    [
      'a refused connection',
      Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' }),
      503,
      'Unavailable',
    ],
    ['a bug', new TypeError('x of undefined 990000199001010009'), 500, 'InternalError'],
    ['a thrown text', 'oops 990000199001010009', 500, 'InternalError'],
  ] as [string, unknown, number, string][])(
    'answers %s by its code and keeps the inside inside',
    async (...row) => {
      const [, thrown, status, code] = row;
      const failing = apiRoute({
        description: { ...posting, answer: z.object({}) },
        dependencies: () => ({}),
        run: () => Promise.reject(thrown as Error),
      });
      const answer = await invoke(failing, event());
      const problem = JSON.parse(answer.body) as Record<string, unknown>;
      expect([answer.statusCode, problem['code']]).toEqual([status, code]);
      expect(answer.body).not.toMatch(/10\.0\.0\.1|arn:|undefined|990000|stack|app_1/);
      if (status === 500) expect(problem['correlationId']).toBe('request-1');
      if (status === 503) expect(answer.headers['retry-after']).toBe('1');
    },
  );

  it('answers a foreign, an unknown and a malformed id in the same bytes', async () => {
    const failing = apiRoute({
      description: { ...posting, answer: z.object({}) },
      dependencies: () => ({}),
      run: ({ parameters }) => Promise.reject(new NotFound(`no ${parameters.applicationId}`)),
    });
    const bodies = [
      'app_00000000000000000000000001',
      'app_0000000000000000000000000Z',
      'x',
      '../..',
    ];
    const answers = await Promise.all(
      bodies.map((id) => invoke(failing, event({ pathParameters: { applicationId: id } }))),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it.each([
    ['Supervisor', 200],
    ['Auditor,Supervisor', 200],
    ['Auditor', 403],
    ['', 403],
    ['supervisor', 403],
    ['Root', 403],
  ])('lets an operator with the roles "%s" do what the route says: %i', async (roles, status) => {
    const route = apiRoute({
      description: describeRoute({
        operationId: 'getThing',
        summary: 'For supervisors',
        method: 'GET',
        path: '/ops/thing',
        caller: 'Operator',
        roles: ['Supervisor'],
        parameters: Nothing,
        query: Nothing,
        body: Nothing,
        status: 200,
        answer: z.object({ operatorId: z.string() }),
        problems: [],
      }),
      dependencies: () => ({}),
      run: ({ caller }) => Promise.resolve({ body: caller }),
    });
    const answer = await invoke(route, {
      requestContext: { authorizer: { operatorId: 'operator-a', roles } },
    });
    expect(answer.statusCode).toBe(status);
  });

  it('takes no body for an empty one where nothing has to be said', async () => {
    const route = apiRoute({
      description: { ...posting, body: Nothing },
      dependencies: () => ({}),
      run: ({ body, idempotency }) => Promise.resolve({ body: { seen: body, idempotency } }),
    });
    const answer = await invoke(route, event({ body: null, headers: { 'idempotency-key': 'k' } }));
    expect(answer.statusCode).toBe(202);
  });
});

function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

/** A valid body of exactly so many bytes, filled up with blanks. */
function sized(bytes: number): string {
  const text = JSON.stringify(good);
  return text + ' '.repeat(bytes - Buffer.byteLength(text));
}
