import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedCatalog } from '#local/hosting/catalog-seed.ts';
import { checkDeployment, secretFaults } from '#local/releases/check-deployment.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-local.ts';

const catalogTableName = 'Catalog';
const provider = { url: 'https://provider.example/v1', apiKey: 'key' };
const secret = {
  bank: provider,
  bureau: provider,
  identity: provider,
  income: provider,
  recognition: provider,
  signature: provider,
  sms: provider,
  callbackSecret: 'c',
  webhookSecretKey: 'w',
  blindIndexKey: 'sixteen characters',
};

let database: TestDatabase;
let server: Server;
let baseUrl: string;
let apiStatus = 401;
let saidIssuer: string | undefined;
let issuerKeys: unknown[] = [{}];

beforeAll(async () => {
  database = await startTestDatabase();
  server = createServer(({ url = '' }, answer) => {
    const say = (status: number, body: unknown): void => {
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (url.endsWith('/openid-configuration'))
      say(200, { issuer: saidIssuer ?? `${baseUrl}/oidc`, jwks_uri: `${baseUrl}/oidc/keys` });
    else if (url === '/oidc/keys') say(200, { keys: issuerKeys });
    else say(apiStatus, {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  baseUrl = `http://127.0.0.1:${address.port}`;
});

afterAll(async () => {
  server.close();
  await database.stop();
});

beforeEach(async () => {
  apiStatus = 401;
  saidIssuer = undefined;
  issuerKeys = [{}];
  const client = new DynamoDBClient({
    endpoint: database.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const directory = join(import.meta.dirname, '../../../catalog');
  await seedCatalog({ client, tableName: catalogTableName, directory, partnerKey: 'key' });
  client.destroy();
});

async function faults(overrides: { issuer?: string; apiUrl?: string } = {}) {
  const findings = await checkDeployment({
    documents: database.documents,
    catalogTableName,
    providerSecret: JSON.stringify(secret),
    issuer: overrides.issuer ?? `${baseUrl}/oidc`,
    apiUrl: overrides.apiUrl ?? `${baseUrl}/`,
  });
  return findings.flatMap(({ part, faults: found }) => found.map((fault) => `${part}: ${fault}`));
}

describe('the check of a deployment', () => {
  it('finds nothing where everything is there', async () => {
    expect(await faults()).toEqual([]);
  });

  it('names a kind without which no application ends, and a version in force that is not there', async () => {
    const remove = (kind: string, idVersion: string) =>
      database.documents.send(
        new DeleteCommand({ TableName: catalogTableName, Key: { kind, idVersion } }),
      );
    await remove('funder', 'zhudai-lending#latest');
    await remove('product', 'consumer-installment#0001');
    expect(await faults()).toEqual([
      'catalog: product consumer-installment#0001 is in force and not there',
      'catalog: there is no funder',
    ]);
  });

  it('says that no partner can send anything, and when a key belongs to nobody', async () => {
    const digest = createHash('sha256').update('key').digest('hex');
    const put = (item: Readonly<Record<string, string>>) =>
      database.documents.send(
        new PutCommand({
          TableName: catalogTableName,
          Item: { kind: 'partner-key', idVersion: digest, ...item },
        }),
      );
    await put({ partnerId: 'demo-partner', status: 'Revoked' });
    expect(await faults()).toEqual(['partner keys: no partner has a key that is active']);
    await put({ partnerId: 'gone', status: 'Active' });
    expect(await faults()).toEqual(['partner keys: a key belongs to gone, which is no partner']);
  });

  it('says when the issuer calls itself otherwise, has no keys, or cannot be reached', async () => {
    saidIssuer = 'https://elsewhere.example';
    expect((await faults()).join()).toContain('tokens of it would be refused');
    saidIssuer = undefined;
    issuerKeys = [];
    expect((await faults()).join()).toContain('gives no keys');
    expect(await faults({ issuer: 'http://127.0.0.1:9' })).toHaveLength(1);
  });

  it('says when a stranger is not turned away', async () => {
    apiStatus = 500;
    expect(await faults()).toEqual([
      'API: /v1/products answers 500 to a stranger, not 401',
      'API: /ops/catalog answers 500 to a stranger, not 401',
    ]);
  });
});

describe('what is wrong with a provider secret', () => {
  it.each([
    ['nothing', JSON.stringify(secret), []],
    ['never filled in', undefined, ['it cannot be read, or nothing was put into it']],
    ['no JSON', '{', ['it is no JSON']],
    ['a text', '"secret"', ['it is no object (invalid_type)']],
    [
      'a bank without address, a short key',
      JSON.stringify({ ...secret, bank: { apiKey: 'k' }, blindIndexKey: 'short' }),
      ['bank.url is missing or wrong', 'blindIndexKey is missing or wrong'],
    ],
  ])('%s', (_name, text, expected) => {
    expect(secretFaults(text)).toEqual(expected);
  });

  it('never says what stands in it', () => {
    const said = secretFaults(
      JSON.stringify({ ...secret, bank: 'canary', sms: { url: 'canary' } }),
    );
    expect(said.join()).not.toContain('canary');
  });
});
