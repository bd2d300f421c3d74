import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DynamoDBClient,
  ListTablesCommand,
  paginateScan,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { routes, type Route } from '#lib/routes.ts';
import { problems, type ProblemCode } from '#platform/problem.ts';
import type { RouteDescription } from '#platform/route-description.ts';

/**
 * Every public route, taken from the route table, against everything that may be wrong with a request. A route that is
 * added is covered by being added.
 */

interface Attempt {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string | undefined;
  readonly codes: readonly ProblemCode[];
  /** What the problem must name. */
  readonly names?: string;
}

let platform: PlatformProcess;
let dataDir: string;
let database: DynamoDBClient;
let nextKey = 1;
const OTHER_PARTNER_KEY = 'zk_other_partner_of_the_tests';

const aws = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-everywhere-'));
  platform = await startPlatformProcess({
    flags: ['--memory', '--empty', '--manual-borrower'],
    dataDir,
  });
  database = new DynamoDBClient(aws(platform.awsEndpoint));
}, 180_000);

afterAll(async () => {
  database.destroy();
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function isDescription(value: unknown): value is RouteDescription {
  return typeof value === 'object' && value !== null && 'operationId' in value;
}

async function describedBy({ entry }: Route): Promise<RouteDescription> {
  const exports = (await import(`../../${entry}`)) as Record<string, unknown>;
  const description = Object.values(exports).find(isDescription);
  if (!description) throw new Error(`${entry} describes no route`);
  return description;
}

function shapeOf(schema: z.ZodObject): Record<string, z.ZodType> {
  return schema.shape;
}

const ULID = '0'.repeat(26);
/** Values of which one fits each path parameter there is, and none names anything that exists. */
const unknownIds = [
  ...[
    'app',
    'loan',
    'tsk',
    'task',
    'case',
    'rcp',
    'pay',
    'ntc',
    'drf',
    'draft',
    'dec',
    'chg',
    'ord',
    'msg',
    'req',
    'doc',
    'visit',
    'cnt',
  ].map((prefix) => `${prefix}_${ULID}`),
  '2020-01-01',
  'originate-loan:none',
  'none',
  'debit#2020-01-01',
  'pause-999999999',
  '0'.repeat(64),
];

/** An id of a new kind is known by the prefix of its pattern. */
function prefixedIds(schema: z.ZodType | undefined): string[] {
  if (!schema) return [];
  const { pattern = '' } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const prefix = /^\^\(?([a-z]+_)/.exec(pattern)?.[1];
  return prefix === undefined ? [] : [`${prefix}${ULID}`];
}

function unknownPath(route: Route, description: RouteDescription): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const schema = shapeOf(description.parameters)[name];
    const found = [...unknownIds, ...prefixedIds(schema)].find(
      (id) => schema?.safeParse(id).success === true,
    );
    if (found === undefined)
      throw new Error(`${route.path}: no unknown id fits {${name}}; add one to unknownIds`);
    return encodeURIComponent(found);
  });
}

const oddTexts = [
  'x',
  "' OR 1=1 --",
  '__proto__',
  '\u202e\u0000',
  '💥',
  '{% $states %}',
  'a'.repeat(3000),
];
const oddSegments = [
  '%00',
  '..%2F..%2Fops',
  '%E2%80%AE',
  '%zz',
  '%',
  ...oddTexts.map(encodeURIComponent),
];
const oddValues: readonly unknown[] = [
  null,
  [],
  {},
  '',
  'x'.repeat(5000),
  -1,
  0,
  1.5,
  2 ** 53,
  true,
  'a\u0000b',
  '\u202e',
  '💥',
  [null],
  { __proto__x: 1 },
  '2026-02-30',
  ' ',
];

function propertiesOf(schema: z.ZodType): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, unknown>;
    anyOf?: { properties?: Record<string, unknown> }[];
    oneOf?: { properties?: Record<string, unknown> }[];
  };
  const parts = [json, ...(json.anyOf ?? []), ...(json.oneOf ?? [])];
  return [...new Set(parts.flatMap(({ properties = {} }) => Object.keys(properties)))];
}

function credentialOf({ authoriser }: Route): string {
  return authoriser === 'Operator' ? platform.operatorToken : platform.partnerKey;
}

/** Everything to try on one route. */
function attemptsOn(route: Route, description: RouteDescription): Attempt[] {
  const path = unknownPath(route, description);
  const { method } = route;
  const of = (what: string, rest: Partial<Attempt> & Pick<Attempt, 'codes'>): Attempt => ({
    what: `${method} ${route.path}: ${what}`,
    method,
    path,
    headers: { authorization: `Bearer ${credentialOf(route)}` },
    ...rest,
  });
  const list: Attempt[] = [];
  if (route.authoriser === 'Partner' || route.authoriser === 'Operator') {
    const foreign = route.authoriser === 'Operator' ? platform.partnerKey : platform.operatorToken;
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${platform.operatorToken.split('.')[1] ?? ''}.`;
    for (const [what, authorization] of [
      ['no key', undefined],
      ['an empty key', 'Bearer '],
      ['a key nobody has', 'Bearer zk_demo_wrong'],
      ['the other kind of key', `Bearer ${foreign}`],
      ['an unsigned token', `Bearer ${unsigned}`],
      ['another scheme', 'Basic eDp5'],
      ['a very long key', `Bearer ${'k'.repeat(6000)}`],
    ] as const)
      list.push(of(what, { headers: { authorization }, codes: ['Unauthorized'], body: '{}' }));
  }
  for (const other of ['PUT', 'PATCH', 'DELETE'])
    list.push(
      of(`method ${other}`, { method: other, codes: ['MethodNotAllowed', 'NotFound'], body: '{}' }),
    );
  for (const name of Object.keys(shapeOf(description.parameters)))
    for (const segment of oddSegments) {
      const at = route.path.replace(`{${name}}`, segment).replaceAll(/\{\w+\}/g, 'x');
      const text = decoded(segment);
      // What happens to be a value of the parameter is no bad input.
      const fits =
        text !== undefined && shapeOf(description.parameters)[name]?.safeParse(text).success;
      if (fits !== true)
        list.push(
          of(`{${name}} as ${segment.slice(0, 20)}`, { path: at, codes: ['NotFound'], body: '{}' }),
        );
    }
  if (method === 'GET') list.push(...queriesOf(description, of, path));
  else list.push(...bodiesOf(description, of));
  return list;
}

type Maker = (what: string, rest: Partial<Attempt> & Pick<Attempt, 'codes'>) => Attempt;

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function queriesOf(description: RouteDescription, of: Maker, path: string): Attempt[] {
  const list = [
    of('an unknown query parameter', {
      path: `${path}?zzUnknown=1`,
      codes: ['InvalidInput'],
      names: 'zzUnknown',
    }),
  ];
  for (const name of Object.keys(description.query.shape))
    for (const value of [...oddTexts, '', '-1', '0', '101', '1.5', '1e3', '2026-02-30', 'NaN'])
      if (!mayFit(description.query.shape[name] as z.ZodType, value))
        list.push(
          of(`${name}=${value.slice(0, 12)}`, {
            path: `${path}?${name}=${encodeURIComponent(value)}`,
            codes: ['InvalidInput'],
            names: name,
          }),
        );
  return list;
}

function mayFit(schema: z.ZodType, value: string): boolean {
  return schema.safeParse(value).success;
}

function bodiesOf(description: RouteDescription, of: Maker): Attempt[] {
  const takesNothing = description.body.safeParse({}).success;
  // A choice between bodies names what the choice hangs on before it names a field.
  const named = (field: string): string | undefined =>
    description.body instanceof z.ZodObject ? field : undefined;
  const json = (what: string, body: string, codes: ProblemCode[], names?: string): Attempt =>
    of(what, { body, codes, ...(names !== undefined && { names }) });
  const list = [
    json('JSON cut short', '{"externalId": "A', ['MalformedJson']),
    json('text', 'hello', ['MalformedJson']),
    json('two values', '{} {}', ['MalformedJson']),
    json('a list', '[]', ['InvalidInput']),
    json('null', 'null', ['InvalidInput']),
    json('a text', '"x"', ['InvalidInput']),
    json('a number', '1', ['InvalidInput']),
    json('an unknown field', '{"zzUnknown":1}', ['InvalidInput'], named('zzUnknown')),
    json('__proto__', '{"__proto__":{"isAdmin":true}}', ['InvalidInput']),
    json('constructor', '{"constructor":{"prototype":{}}}', ['InvalidInput'], named('constructor')),
    json('deep nesting', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, ['InvalidInput']),
    json('a control character', '{"note":"a\\u0000b"}', ['InvalidInput']),
    json('half a character', '{"note":"\\ud800"}', ['InvalidInput']),
    json('a number without end', '{"amountFen":1e400}', ['InvalidInput']),
    json('a huge body', JSON.stringify({ note: 'x'.repeat(70_000) }), ['PayloadTooLarge']),
    of('text by its type', {
      body: '{"a":1}',
      headers: { ...of('', { codes: [] }).headers, 'content-type': 'text/plain' },
      codes: ['UnsupportedMediaType'],
    }),
  ];
  if (!takesNothing) list.push(json('no body', '', ['MalformedJson', 'UnsupportedMediaType']));
  else
    for (const key of [undefined, '', 'k'.repeat(256), 'é'])
      list.push(
        of(`the idempotency key ${String(key).slice(0, 5)}`, {
          body: '{}',
          headers: { ...of('', { codes: [] }).headers, 'idempotency-key': key },
          codes: ['IdempotencyKeyMissing'],
        }),
      );
  for (const name of propertiesOf(description.body))
    for (const value of oddValues)
      if (!description.body.safeParse({ [name]: value }).success)
        list.push(
          json(
            `${name}: ${JSON.stringify(value).slice(0, 14)}`,
            JSON.stringify({ [name]: value }),
            ['InvalidInput'],
          ),
        );
  return list;
}

async function send(attempt: Attempt): Promise<{ status: number; type: string; text: string }> {
  const headers: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'idempotency-key': `everywhere-${String(nextKey++)}`,
    ...attempt.headers,
  };
  const answer = await fetch(`${platform.baseUrl}${attempt.path}`, {
    method: attempt.method,
    headers: Object.entries(headers).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    ),
    ...(attempt.method !== 'GET' && attempt.body !== undefined && { body: attempt.body }),
  });
  return {
    status: answer.status,
    type: answer.headers.get('content-type') ?? '',
    text: await answer.text(),
  };
}

/** What is wrong with the answer; nothing when it is the documented problem. */
async function faultOf(attempt: Attempt): Promise<string | undefined> {
  const { status, type, text } = await send(attempt);
  const problem = (type.includes('application/problem+json') ? JSON.parse(text) : {}) as Record<
    string,
    unknown
  >;
  const code = problem['code'] as ProblemCode;
  const isDocumented =
    attempt.codes.includes(code) &&
    status === problems[code].status &&
    problem['status'] === status &&
    problem['type'] === `https://zhudai.dev/problems/${code}` &&
    typeof problem['title'] === 'string';
  const isNamed = attempt.names === undefined || text.includes(attempt.names);
  if (isDocumented && isNamed && arePointed(problem)) return undefined;
  return `${attempt.what} is answered ${status} ${text.slice(0, 160)}`;
}

/** Each field error says where, as a path and as a JSON pointer. */
function arePointed({ errors }: Record<string, unknown>): boolean {
  if (errors === undefined) return true;
  return (errors as { path: string; pointer: string; message: string }[]).every(
    ({ path, pointer, message }) =>
      typeof path === 'string' &&
      message !== '' &&
      (path === '' ? pointer === '#' : pointer.startsWith('#/')),
  );
}

async function faultsOf(attempts: readonly Attempt[]): Promise<string[]> {
  const faults: string[] = [];
  const left = [...attempts];
  const lane = async (): Promise<void> => {
    for (let attempt = left.pop(); attempt; attempt = left.pop()) {
      const fault = await faultOf(attempt);
      if (fault !== undefined) faults.push(fault);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return faults;
}

/** Every item of every table, but for what the platform's own clock writes. */
async function contents(): Promise<Record<string, string[]>> {
  const { TableNames = [] } = await database.send(new ListTablesCommand({}));
  const tables: Record<string, string[]> = {};
  for (const TableName of TableNames.filter((name) => name !== 'zhudai-host')) {
    const items: string[] = [];
    for await (const page of paginateScan({ client: database }, { TableName }))
      for (const item of page.Items ?? []) items.push(JSON.stringify(item));
    tables[TableName] = items.toSorted();
  }
  return tables;
}

const described = routes.filter(({ authoriser }) => authoriser !== 'Callback');

async function everyAttempt(): Promise<Attempt[]> {
  const lists = await Promise.all(
    described.map(async (route) => attemptsOn(route, await describedBy(route))),
  );
  return lists.flat();
}

describe('bad input on every route of the table', () => {
  it.each(described)(
    '$method $path answers each with its documented problem and changes nothing',
    async (route) => {
      const attempts = attemptsOn(route, await describedBy(route));
      const before = await contents();
      expect(await faultsOf(attempts)).toEqual([]);
      expect(await contents()).toEqual(before);
    },
    60_000,
  );
});

describe('bad input on every callback', () => {
  const callbacks = routes.filter(({ authoriser }) => authoriser === 'Callback');

  async function secretOfProviders(): Promise<string> {
    const client = new SecretsManagerClient(aws(platform.awsEndpoint));
    const { SecretList = [] } = await client.send(new ListSecretsCommand({}));
    const { SecretString = '{}' } = await client.send(
      new GetSecretValueCommand({
        SecretId: SecretList.find(({ Name }) => Name?.includes('ProviderSecret'))?.Name,
      }),
    );
    client.destroy();
    return (JSON.parse(SecretString) as { callbackSecret: string }).callbackSecret;
  }

  function signed(body: string, secret: string): Record<string, string> {
    const id = `msg_${String(nextKey++)}`;
    const at = String(Math.floor(Date.now() / 1000));
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
    return {
      'webhook-id': id,
      'webhook-timestamp': at,
      'webhook-signature': `v1,${signature}`,
    };
  }

  it.each(callbacks)('$path reads nothing that is not signed', async ({ path }) => {
    const before = await contents();
    const of = (what: string, rest: Partial<Attempt>): Attempt => ({
      what: `${path}: ${what}`,
      method: 'POST',
      path,
      codes: ['Unauthorized'],
      ...rest,
    });
    expect(
      await faultsOf([
        of('no signature', { body: '{}' }),
        of('no JSON', { body: 'hello' }),
        of('nothing', { body: '' }),
        of('another secret', { body: '{}', headers: signed('{}', 'whsec_c2VjcmV0') }),
        of('deep nesting', { body: '['.repeat(9000) }),
      ]),
    ).toEqual([]);
    expect(await contents()).toEqual(before);
  });

  it.each(callbacks)('$path refuses what is signed and does not fit', async ({ path }) => {
    const secret = await secretOfProviders();
    const before = await contents();
    const bodies = [
      '{}',
      '[]',
      'null',
      '{"status":"Nope"}',
      '{"__proto__":{}}',
      '{"receiptId":1}',
      'hello',
    ];
    expect(
      await faultsOf(
        bodies.map((body) => ({
          what: `${path}: ${body}`,
          method: 'POST',
          path,
          body,
          headers: signed(body, secret),
          codes: ['InvalidInput', 'MalformedJson'] as const,
        })),
      ),
    ).toEqual([]);
    expect(await contents()).toEqual(before);
  });
});

describe('an id of somebody else', () => {
  it('gives a foreign id and an unknown one the same answer, on every route that takes an id', async () => {
    const { TableNames = [] } = await database.send(new ListTablesCommand({}));
    await database.send(
      new PutItemCommand({
        TableName: TableNames.find((name) => /Catalog[0-9A-F]{8}$/.test(name)),
        Item: {
          kind: { S: 'partner-key' },
          idVersion: { S: createHash('sha256').update(OTHER_PARTNER_KEY).digest('hex') },
          partnerId: { S: 'other-partner' },
        },
      }),
    );
    const submitted = await fetch(`${platform.baseUrl}/v1/applications`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${platform.partnerKey}`,
        'content-type': 'application/json',
        'idempotency-key': 'foreign-1',
      },
      body: JSON.stringify(syntheticApplication('foreign', 77_001)),
    });
    const { applicationId } = (await submitted.json()) as { applicationId: string };
    expect(submitted.status).toBe(202);
    const own = await fetch(`${platform.baseUrl}/v1/applications/${applicationId}`, {
      headers: { authorization: `Bearer ${platform.partnerKey}` },
    });
    expect(own.status).toBe(200);
    const authorization = `Bearer ${OTHER_PARTNER_KEY}`;
    const other = await fetch(`${platform.baseUrl}/v1/applications`, {
      headers: { authorization },
    });
    expect(other.status).toBe(200);
    const withApplication = described.filter(
      ({ path, authoriser }) => authoriser === 'Partner' && path.includes('{applicationId}'),
    );
    expect(withApplication.length).toBeGreaterThan(4);
    for (const { method, path } of withApplication) {
      const answers = await Promise.all(
        [applicationId, `app_${ULID}`].map((id) =>
          send({
            what: path,
            method,
            path: path.replace('{applicationId}', id),
            headers: { authorization },
            body: '{}',
            codes: [],
          }),
        ),
      );
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]?.status === 404 || answers[0]?.status === 400).toBe(true);
    }
  }, 60_000);
});

describe('bad input ten times over while applications run', () => {
  it('is answered as ever, and every application ends', async () => {
    const attempts = await everyAttempt();
    const applications = Array.from({ length: 12 }, (_, index) =>
      fetch(`${platform.baseUrl}/v1/applications`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${platform.partnerKey}`,
          'content-type': 'application/json',
          'idempotency-key': `load-${index}`,
        },
        body: JSON.stringify(syntheticApplication('load', 88_000 + index)),
      }),
    );
    const chosen = attempts.filter((_, index) => index % 20 === 0);
    const faults: string[] = [];
    for (let round = 0; round < 10; round += 1) faults.push(...(await faultsOf(chosen)));
    expect(faults).toEqual([]);
    const answers = await Promise.all(applications);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    for (const answer of answers) {
      const { applicationId } = (await answer.json()) as { applicationId: string };
      await expect
        .poll(
          async () => {
            const shown = await fetch(`${platform.baseUrl}/v1/applications/${applicationId}`, {
              headers: { authorization: `Bearer ${platform.partnerKey}` },
            });
            return ((await shown.json()) as { status: string }).status;
          },
          { timeout: 60_000, interval: 500 },
        )
        .toMatch(/^(Declined|Await\w+|UnderReview|PayoutFailed)$/);
    }
  }, 240_000);
});
