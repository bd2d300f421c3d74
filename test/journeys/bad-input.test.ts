import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';

let platform: PlatformProcess;
let dataDir: string;
let nextKey = 1;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-bad-input-'));
  platform = await startPlatformProcess({
    flags: ['--memory', '--empty', '--manual-borrower'],
    dataDir,
  });
}, 120_000);

afterAll(async () => {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

interface Answer {
  status: number;
  contentType: string;
  body: Record<string, unknown>;
  text: string;
  headers: Headers;
}

interface Request {
  method?: string;
  path?: string;
  headers?: Record<string, string | undefined>;
  body?: string | Buffer | undefined;
}

async function send(request: Request): Promise<Answer> {
  const headers: Record<string, string | undefined> = {
    authorization: `Bearer ${platform.partnerKey}`,
    'content-type': 'application/json',
    'idempotency-key': `bad-${String(nextKey++)}`,
    ...request.headers,
  };
  const answer = await fetch(`${platform.baseUrl}${request.path ?? '/v1/applications'}`, {
    method: request.method ?? 'POST',
    headers: Object.entries(headers).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    ),
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  const text = await answer.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Judged by the content type below.
  }
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type') ?? '',
    body,
    text,
    headers: answer.headers,
  };
}

let person = 50_000;
function good(change: (body: Record<string, never>) => void = () => undefined): string {
  const body = structuredClone(syntheticApplication('bad-input', person++)) as Record<
    string,
    never
  >;
  change(body);
  return JSON.stringify(body);
}

/** Sets a value deep inside a body: `at('applicant.idNumber', 'x')`. */
function at(path: string, value: unknown): (body: Record<string, never>) => void {
  return (body) => {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let place = body as Record<string, unknown>;
    for (const name of names) place = place[name] as Record<string, unknown>;
    if (value === undefined) Reflect.deleteProperty(place, last);
    else place[last] = value;
  };
}

async function countApplications(): Promise<number> {
  const answer = await send({
    method: 'GET',
    path: '/v1/applications?limit=100',
    headers: { 'idempotency-key': undefined },
  });
  return (answer.body['items'] as unknown[]).length;
}

describe('a malformed or forbidden request', () => {
  const oversized = 'x'.repeat(70_000);
  const cases: [string, () => Request, number, string][] = [
    ['JSON cut short', () => ({ body: '{"externalId": "A' }), 400, 'MalformedJson'],
    ['no body at all', () => ({ body: '' }), 400, 'MalformedJson'],
    ['text that is no JSON', () => ({ body: 'hello' }), 400, 'MalformedJson'],
    [
      'JSON nested ten thousand deep',
      () => ({ body: '['.repeat(10_000) + ']'.repeat(10_000) }),
      400,
      'InvalidInput',
    ],
    ['an array instead of an object', () => ({ body: '[]' }), 400, 'InvalidInput'],
    ['null instead of an object', () => ({ body: 'null' }), 400, 'InvalidInput'],
    [
      'an unknown field at the top',
      () => ({ body: good(at('status', 'Disbursed')) }),
      400,
      'InvalidInput',
    ],
    [
      'an unknown field inside',
      () => ({ body: good(at('requested.annualRate', '0.0001')) }),
      400,
      'InvalidInput',
    ],
    [
      'a partner id in the body',
      () => ({ body: good(at('partnerId', 'other')) }),
      400,
      'InvalidInput',
    ],
    [
      '__proto__ as a field',
      () => ({ body: good().replace('{', '{"__proto__":{"x":1},') }),
      400,
      'InvalidInput',
    ],
    [
      'an amount that is a string',
      () => ({ body: good(at('requested.amountFen', '3000000')) }),
      400,
      'InvalidInput',
    ],
    [
      'an amount with a fraction',
      () => ({ body: good(at('requested.amountFen', 1.5)) }),
      400,
      'InvalidInput',
    ],
    [
      'a negative amount',
      () => ({ body: good(at('requested.amountFen', -1)) }),
      400,
      'InvalidInput',
    ],
    [
      'an amount of zero',
      () => ({ body: good(at('requested.amountFen', 0)) }),
      400,
      'InvalidInput',
    ],
    [
      'an amount beyond 2^53',
      () => ({ body: good().replace(/"amountFen":\d+/, '"amountFen":9007199254740993') }),
      400,
      'InvalidInput',
    ],
    [
      'an amount of 1e400',
      () => ({ body: good().replace(/"amountFen":\d+/, '"amountFen":1e400') }),
      400,
      'InvalidInput',
    ],
    ['a null term', () => ({ body: good(at('requested.termMonths', null)) }), 400, 'InvalidInput'],
    ['no term', () => ({ body: good(at('requested.termMonths', undefined)) }), 400, 'InvalidInput'],
    [
      'an unknown repayment method',
      () => ({ body: good(at('requested.repaymentMethod', 'Balloon')) }),
      400,
      'InvalidInput',
    ],
    [
      'an unknown purpose',
      () => ({ body: good(at('requested.purpose', 'Gambling')) }),
      400,
      'InvalidInput',
    ],
    ['no applicant', () => ({ body: good(at('applicant', undefined)) }), 400, 'InvalidInput'],
    [
      'an applicant of no known kind',
      () => ({ body: good(at('applicant.kind', 'Robot')) }),
      400,
      'InvalidInput',
    ],
    ['an empty name', () => ({ body: good(at('applicant.name', '')) }), 400, 'InvalidInput'],
    [
      'an identity number with a wrong check digit',
      () => ({ body: good(at('applicant.idNumber', '990000199001010008')) }),
      400,
      'InvalidInput',
    ],
    [
      'an identity number with no such day',
      () => ({ body: good(at('applicant.idNumber', '990000202302290015')) }),
      400,
      'InvalidInput',
    ],
    [
      'an identity number of 15 digits',
      () => ({ body: good(at('applicant.idNumber', '990000900101001')) }),
      400,
      'InvalidInput',
    ],
    [
      'an identity number in full-width digits',
      () => ({ body: good(at('applicant.idNumber', '９９００００１９９００１０１０００９')) }),
      400,
      'InvalidInput',
    ],
    [
      'a mobile number that is none',
      () => ({ body: good(at('applicant.mobile', '12345')) }),
      400,
      'InvalidInput',
    ],
    [
      'a card that fails Luhn',
      () => ({ body: good(at('applicant.bankAccount.number', '6200000000000006')) }),
      400,
      'InvalidInput',
    ],
    [
      'a bank code that fails its check',
      () => ({ body: good(at('applicant.bankAccount.bankCode', '999000000015')) }),
      400,
      'InvalidInput',
    ],
    ['no consent', () => ({ body: good(at('consents', [])) }), 400, 'InvalidInput'],
    [
      'a consent given at no instant',
      () => ({
        body: good(
          at('consents', [{ purpose: 'CreditQuery', textHash: 'sha256:00', givenAt: 'yesterday' }]),
        ),
      }),
      400,
      'InvalidInput',
    ],
    [
      'an external id with control characters',
      () => ({ body: good(at('externalId', 'A\u0000B')) }),
      400,
      'InvalidInput',
    ],
    [
      'an external id of an expression',
      () => ({ body: good(at('externalId', '{% $states.input %}')) }),
      400,
      'InvalidInput',
    ],
    [
      'a body over 64 KB',
      () => ({ body: good(at('externalId', oversized)) }),
      413,
      'PayloadTooLarge',
    ],
    [
      'a body over 10 MB',
      () => ({ body: Buffer.alloc(11 * 1024 * 1024, 0x20) }),
      413,
      'PayloadTooLarge',
    ],
    [
      'a body that is no JSON by its type',
      () => ({ body: good(), headers: { 'content-type': 'text/plain' } }),
      415,
      'UnsupportedMediaType',
    ],
    [
      'no idempotency key',
      () => ({ body: good(), headers: { 'idempotency-key': undefined } }),
      400,
      'IdempotencyKeyMissing',
    ],
    [
      'an idempotency key of 256 characters',
      () => ({ body: good(), headers: { 'idempotency-key': 'k'.repeat(256) } }),
      400,
      'IdempotencyKeyMissing',
    ],
    [
      'no partner key',
      () => ({ body: good(), headers: { authorization: undefined } }),
      401,
      'Unauthorized',
    ],
    [
      'a partner key that nobody has',
      () => ({ body: good(), headers: { authorization: 'Bearer zk_wrong' } }),
      401,
      'Unauthorized',
    ],
    [
      'a partner key under Basic',
      () => ({ body: good(), headers: { authorization: 'Basic eDp5' } }),
      401,
      'Unauthorized',
    ],
    [
      'an unknown product',
      () => ({ body: good(at('productId', 'no-such-product')) }),
      400,
      'InvalidInput',
    ],
    [
      'an application id that is none',
      () => ({ method: 'GET', path: '/v1/applications/x' }),
      404,
      'NotFound',
    ],
    [
      'an application id of somebody else',
      () => ({ method: 'GET', path: '/v1/applications/app_00000000000000000000000000' }),
      404,
      'NotFound',
    ],
    [
      'a loan id that is none',
      () => ({ method: 'GET', path: '/v1/loans/loan_../schedule' }),
      404,
      'NotFound',
    ],
    [
      'a cursor made up',
      () => ({ method: 'GET', path: '/v1/applications?cursor=abc' }),
      400,
      'InvalidInput',
    ],
    [
      'an unknown status to list',
      () => ({ method: 'GET', path: '/v1/applications?status=Nope' }),
      400,
      'InvalidInput',
    ],
    ['a path that does not exist', () => ({ method: 'GET', path: '/v1/nothing' }), 404, 'NotFound'],
    [
      'a method the path does not have',
      () => ({ method: 'DELETE', path: '/v1/applications' }),
      405,
      'MethodNotAllowed',
    ],
    [
      'an operator route with a partner key',
      () => ({ method: 'GET', path: '/ops/tasks' }),
      401,
      'Unauthorized',
    ],
    [
      'a callback without a signature',
      () => ({ path: '/callbacks/signatures', body: '{}', headers: { authorization: undefined } }),
      401,
      'Unauthorized',
    ],
  ];

  it.each(cases)(
    'with %s is refused by its documented problem and changes nothing',
    async (_, make, status, code) => {
      const before = await countApplications();
      const answer = await send(make());
      expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
      expect(answer.contentType).toContain('application/problem+json');
      expect(answer.body['status']).toBe(status);
      expect(answer.body['title']).toEqual(expect.any(String));
      expect(await countApplications()).toBe(before);
    },
  );

  it('never repeats a personal value in the problem', async () => {
    const answer = await send({ body: good(at('applicant.idNumber', '990000199001010008')) });
    expect(answer.text).not.toContain('990000199001010008');
    expect(answer.text).toContain('applicant.idNumber');
  });
});

describe('an idempotency key', () => {
  it('gives the first answer again for the same body', async () => {
    const request: Request = { body: good(), headers: { 'idempotency-key': 'again-1' } };
    const first = await send(request);
    const second = await send(request);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body['applicationId']).toBe(first.body['applicationId']);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
  });

  it('is refused for another body, which is not executed', async () => {
    await send({ body: good(), headers: { 'idempotency-key': 'again-2' } });
    const before = await countApplications();
    const answer = await send({ body: good(), headers: { 'idempotency-key': 'again-2' } });
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({
      status: 422,
      code: 'IdempotencyKeyReused',
    });
    expect(await countApplications()).toBe(before);
  });

  it('executes once when the same request arrives ten times at once', async () => {
    const before = await countApplications();
    const request: Request = { body: good(), headers: { 'idempotency-key': 'again-3' } };
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(request)));
    expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
    expect(
      new Set(
        answers.filter(({ status }) => status === 202).map(({ body }) => body['applicationId']),
      ).size,
    ).toBe(1);
    expect(await countApplications()).toBe(before + 1);
  });
});

describe("a partner's own number", () => {
  it('cannot be used for a second application under another key', async () => {
    const body = good();
    const first = await send({ body });
    const second = await send({ body });
    expect(first.status).toBe(202);
    expect({ status: second.status, code: second.body['code'] }).toEqual({
      status: 409,
      code: 'ExternalIdTaken',
    });
  });
});
