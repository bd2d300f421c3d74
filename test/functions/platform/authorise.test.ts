import { createHash } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as authoriseOperator } from '#functions/operator-api/authorise-operator.ts';
import { runAuthorisePartner, type PartnerKey } from '#functions/partner-api/authorise-partner.ts';
import { handler as authorisePartner } from '#functions/partner-api/authorise-partner.ts';
import { OidcIssuer } from '#local/sandbox/oidc.ts';
import { MovableClock } from '#local/clock.ts';
import { startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { InMemoryCatalog, inMemoryCatalog } from '#test/support/in-memory-catalog.ts';
import { invoke } from '#test/support/invoke.ts';

const methodArn = 'arn:aws:execute-api:us-east-1:000000000000:api/live/GET/v1/products';
const key = 'zk_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
const eventWith = (authorization: string | undefined, name = 'Authorization') => ({
  methodArn,
  headers: authorization === undefined ? {} : { [name]: authorization },
});

describe('runAuthorisePartner', () => {
  const ports = (
    stored: Partial<PartnerKey> = {},
    catalog: InMemoryCatalog = inMemoryCatalog(),
  ) => ({
    findKey: (digest: string) =>
      Promise.resolve(
        digest === digestOf(key)
          ? { partnerId: 'demo-partner', status: 'Active' as const, ...stored }
          : undefined,
      ),
    catalog,
    now: () => new Date('2026-11-24T01:00:00Z'),
  });

  it.each(['Authorization', 'authorization', 'AUTHORIZATION'])(
    'lets a partner in by its key in the header %s, to the whole stage',
    async (name) => {
      const answer = await runAuthorisePartner(eventWith(`Bearer ${key}`, name), ports());
      expect(answer.context).toEqual({ partnerId: 'demo-partner' });
      expect(answer.policyDocument.Statement).toEqual([
        {
          Action: 'execute-api:Invoke',
          Effect: 'Allow',
          Resource: 'arn:aws:execute-api:us-east-1:000000000000:api/live/*',
        },
      ]);
      expect(JSON.stringify(answer)).not.toContain(key);
    },
  );

  it.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['the key alone', key],
    ['another scheme', `Basic ${key}`],
    ['no key', 'Bearer '],
    ['two blanks', `Bearer  ${key}`],
    ['a blank at the end', `Bearer ${key} `],
    ['two keys', `Bearer ${key} ${key}`],
    ['a key cut short', `Bearer ${key.slice(0, -1)}`],
    ['a key in capitals', `Bearer ${key.toUpperCase()}`],
    ['the digest of the key', `Bearer ${digestOf(key)}`],
    ['a line break', `Bearer ${key}\r\nx: y`],
    ['something large', `Bearer ${'k'.repeat(100_000)}`],
  ])('refuses %s', async (_, authorization) => {
    await expect(runAuthorisePartner(eventWith(authorization), ports())).rejects.toThrow(
      /^Unauthorized$/,
    );
  });

  it.each([
    ['was revoked', { status: 'Revoked' as const }],
    ['ended a moment ago', { expiresAt: '2026-11-24T09:00:00+08:00' }],
    ['belongs to nobody', { partnerId: 'no-such-partner' }],
  ])('refuses a key that %s', async (_, stored) => {
    await expect(runAuthorisePartner(eventWith(`Bearer ${key}`), ports(stored))).rejects.toThrow(
      /^Unauthorized$/,
    );
  });

  it.each([
    ['is suspended', { status: 'Suspended' }],
    ['has no agreement yet', { agreement: { from: '2026-11-25' } }],
    ['has no agreement any more', { agreement: { from: '2026-01-01', to: '2026-11-23' } }],
  ])('refuses a partner that %s', async (_, change) => {
    const catalog = new InMemoryCatalog();
    const partner = {
      partnerId: 'demo-partner',
      name: 'x',
      status: 'Active',
      agreement: { from: '2026-01-01' },
      productIds: ['consumer-installment'],
      version: 1,
      ...change,
    };
    catalog.put('partner', { idVersion: 'demo-partner#0001', ...partner });
    catalog.put('partner', { idVersion: 'demo-partner#latest', version: 1 });
    await expect(
      runAuthorisePartner(eventWith(`Bearer ${key}`), ports({}, catalog)),
    ).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('the authorisers as deployed', () => {
  let world: ApiWorld;
  let issuer: OidcIssuer;
  const clock = new MovableClock();

  beforeAll(async () => {
    world = await startApiWorld();
    const url = `${String(process.env['AWS_ENDPOINT_URL_SFN'])}/oidc`;
    issuer = new OidcIssuer({ clock, dataDir: undefined, issuer: url, audience: 'zhudai' });
    for (const path of ['/.well-known/openid-configuration', '/.well-known/jwks.json'])
      world.stubs.answers.set(`GET /oidc${path}`, () => ({
        body: (
          issuer.handle({
            method: 'GET',
            path,
            headers: {},
            body: undefined,
            rawBody: '',
          } as never) as {
            body: unknown;
          }
        ).body,
      }));
    process.env['OIDC_ISSUER'] = url;
    process.env['OIDC_AUDIENCE'] = 'zhudai';
  });
  afterAll(async () => {
    await world.stop();
    clock.stop();
  });

  it('finds a partner by the digest stored in the catalog', async () => {
    const Item = { kind: 'partner-key', idVersion: digestOf(key), partnerId: 'demo-partner' };
    await world.documents.send(new PutCommand({ TableName: 'Catalog', Item }));
    const answer = await invoke(authorisePartner, eventWith(`Bearer ${key}`));
    expect(answer.context).toEqual({ partnerId: 'demo-partner' });
    await expect(invoke(authorisePartner, eventWith('Bearer other'))).rejects.toThrow(
      /^Unauthorized$/,
    );
  });

  const operator = (token: string) => authoriseOperator(eventWith(`Bearer ${token}`));

  it('lets an operator in with the roles of the token', async () => {
    const answer = await operator(issuer.mintToken('operator-a'));
    expect(answer.context).toEqual({
      operatorId: 'operator-a',
      roles: 'Reviewer,CreditAnalyst,Approver',
    });
  });

  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each([
    ['no token', () => ''],
    ['a token of another audience', () => mintedBy({ audience: 'other' })],
    ['a token of another issuer', () => mintedBy({ issuer: 'http://127.0.0.1:1/oidc' })],
    ['a token signed by another key', () => mintedBy({})],
    ['an expired token', () => issuer.mintToken('operator-a', -1)],
    [
      'a changed claim',
      () => {
        const [header, , signature] = issuer.mintToken('operator-a').split('.');
        return `${String(header)}.${part({ sub: 'administrator', roles: ['Administrator'] })}.${String(signature)}`;
      },
    ],
    [
      'alg none',
      () => {
        const [, claims] = issuer.mintToken('operator-a').split('.');
        return `${part({ alg: 'none', typ: 'JWT' })}.${String(claims)}.`;
      },
    ],
    [
      'a public key used as a shared secret',
      () => {
        const [, claims] = issuer.mintToken('operator-a').split('.');
        return `${part({ alg: 'HS256', typ: 'JWT' })}.${String(claims)}.AAAA`;
      },
    ],
    ['half a token', () => issuer.mintToken('operator-a').slice(0, 100)],
    ['text', () => 'hello'],
  ])('refuses %s', async (_, token) => {
    await expect(operator(token())).rejects.toThrow(/^Unauthorized$/);
  });

  /** A token of an issuer with a key of its own. */
  function mintedBy(change: { audience?: string; issuer?: string }): string {
    const stranger = new OidcIssuer({
      clock,
      dataDir: undefined,
      issuer: String(process.env['OIDC_ISSUER']),
      audience: 'zhudai',
      ...change,
    });
    return stranger.mintToken('operator-a');
  }
});
