import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { databaseUses, commandUses, objectUses } from '#local/hosting/request-uses.ts';
import { KeyService } from '#local/hosting/key-service.ts';
import {
  AccessDenied,
  grantsOf,
  Permissions,
  usesWrittenTo,
  type Grant,
} from '#local/hosting/permissions.ts';
import { Assembly } from '#local/hosting/template.ts';
import { synthesise } from '#lib/synthesise.ts';

let assembly: Assembly;

beforeAll(async () => {
  const cache = join(import.meta.dirname, '../../../node_modules/.cache/zhudai');
  const [first = ''] = await synthesise(cache, { stage: 'local' });
  assembly = new Assembly(dirname(first), {
    CallbackBaseUrl: 'http://127.0.0.1:1',
    OidcIssuer: 'http://127.0.0.1:1',
    OidcAudience: 'zhudai',
  });
}, 120_000);

function nameOf(type: string, part: string): string {
  const found = assembly.ofType(type).find(({ logicalId }) => logicalId.includes(part));
  if (!found) throw new Error(`the templates have no ${type} ${part}`);
  return found.name;
}

function tableArn(part: string): string {
  const found = assembly
    .ofType('AWS::DynamoDB::Table')
    .find(({ logicalId }) => logicalId.startsWith(part));
  if (!found) throw new Error(`the templates have no table ${part}`);
  return found.attribute('Arn');
}

describe('the permissions of the templates', () => {
  it('let a function do what its role is granted', () => {
    const caller = nameOf('AWS::Lambda::Function', 'PublishChanges');
    const use = { action: 'dynamodb:PutItem', resource: tableArn('Audit') };
    expect(new Permissions(assembly).refusalOf(caller, [use])).toBeUndefined();
  });

  it('let a machine be started by its alias alone', () => {
    const caller = nameOf('AWS::Lambda::Function', 'StartOrigination');
    const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:originate-loan';
    const refusal = (resource: string) =>
      new Permissions(assembly).refusalOf(caller, [{ action: 'states:StartExecution', resource }]);
    expect(refusal(`${machine}:live`)).toBeUndefined();
    expect(refusal(machine)).toContain('is not authorized');
    expect(refusal(`${machine}:1`)).toContain('is not authorized');
  });

  it.each([
    ['another action', 'dynamodb:DeleteItem', 'Audit', ''],
    ['another table', 'dynamodb:PutItem', 'Loans', ''],
    ['an index of its table', 'dynamodb:PutItem', 'Audit', '/index/ByTime'],
  ])('refuse it %s in the words of IAM', (_, action, table, index) => {
    const caller = nameOf('AWS::Lambda::Function', 'PublishChanges');
    const resource = `${tableArn(table)}${index}`;
    const refusal = new Permissions(assembly).refusalOf(caller, [{ action, resource }]);
    expect(refusal).toContain(
      `/${caller} is not authorized to perform: ${action} on resource: ${resource}`,
    );
  });

  it('refuse whoever has no role', () => {
    const use = { action: 'dynamodb:GetItem', resource: tableArn('Loans') };
    expect(() => {
      new Permissions(assembly).demand('nobody', use);
    }).toThrow(AccessDenied);
  });

  it('cover every object of a bucket with one star, and no other bucket', () => {
    const caller = nameOf('AWS::Lambda::Function', 'OfferContract');
    const contracts = nameOf('AWS::S3::Bucket', 'Contracts');
    const documents = nameOf('AWS::S3::Bucket', 'Documents');
    const permissions = new Permissions(assembly);
    const put = (bucket: string) => [
      { action: 's3:PutObject', resource: `arn:aws:s3:::${bucket}/a/b.pdf` },
    ];
    expect(permissions.refusalOf(caller, put(contracts))).toBeUndefined();
    expect(permissions.refusalOf(caller, put(documents))).toContain('s3:PutObject');
  });

  it('let a machine call its own functions alone', () => {
    const permissions = new Permissions(assembly);
    const invoke = (part: string) => {
      const [found] = assembly
        .ofType('AWS::Lambda::Function')
        .filter(({ logicalId }) => logicalId.includes(part));
      return [{ action: 'lambda:InvokeFunction', resource: `${found?.attribute('Arn')}:live` }];
    };
    expect(permissions.refusalOf('disburse-loan', invoke('PayOut'))).toBeUndefined();
    expect(permissions.refusalOf('originate-loan', invoke('PayOut'))).toContain('PayOut');
  });

  it('are written down once when used, and when refused', () => {
    const directory = mkdtempSync(join(tmpdir(), 'zhudai-uses-'));
    const permissions = new Permissions(assembly, usesWrittenTo(directory));
    const caller = nameOf('AWS::Lambda::Function', 'PublishChanges');
    const resource = tableArn('Audit');
    for (let n = 0; n < 3; n += 1)
      permissions.refusalOf(caller, [{ action: 'dynamodb:PutItem', resource }]);
    permissions.refusalOf(caller, [{ action: 'dynamodb:Scan', resource }]);
    const [file = ''] = readdirSync(directory);
    const lines = readFileSync(join(directory, file), 'utf8').trim().split('\n');
    rmSync(directory, { recursive: true });
    const [used, refused] = lines.map((line) => JSON.parse(line) as Grant & { isAllowed: boolean });
    expect(lines).toHaveLength(2);
    expect(used).toMatchObject({ action: 'dynamodb:PutItem', isAllowed: true });
    expect(refused).toMatchObject({ action: 'dynamodb:Scan', resource, isAllowed: false });
    expect(grantsOf(assembly)).toContainEqual({
      role: used?.role,
      action: used?.action,
      resource: used?.resource,
    });
  });
});

describe('what a request asks of IAM', () => {
  const table = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;

  it.each([
    ['GetItem', { TableName: 'A' }, [`GetItem ${table('A')}`]],
    ['Query', { TableName: 'A', IndexName: 'ByB' }, [`Query ${table('A')}/index/ByB`]],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 'A' } },
          { ConditionCheck: { TableName: 'B' } },
          { Delete: { TableName: 'C' } },
          { Update: { TableName: 'D' } },
        ],
      },
      [
        `PutItem ${table('A')}`,
        `ConditionCheckItem ${table('B')}`,
        `DeleteItem ${table('C')}`,
        `UpdateItem ${table('D')}`,
      ],
    ],
    ['BatchWriteItem', { RequestItems: { A: [] } }, [`BatchWriteItem ${table('A')}`]],
  ])('is asked of DynamoDB by %s', (operation, request, expected) => {
    expect(
      databaseUses(operation, request).map(
        ({ action, resource }) => `${action.replace('dynamodb:', '')} ${resource}`,
      ),
    ).toEqual(expected);
  });

  it('is the machine of a task token, and nothing for a token nobody issued', () => {
    const name = ['arn:aws:states:us-east-1:000000000000:execution:m:one', '1'];
    const token = `${Buffer.from(JSON.stringify(name)).toString('base64url')}.signature`;
    const target = 'AWSStepFunctions.SendTaskSuccess';
    expect(commandUses(target, { taskToken: token })).toEqual([
      {
        action: 'states:SendTaskSuccess',
        resource: 'arn:aws:states:us-east-1:000000000000:stateMachine:m',
      },
    ]);
    expect(commandUses(target, { taskToken: 'made up' })).toEqual([]);
  });

  it('includes the key of a bucket that is encrypted with one', () => {
    const query = new URLSearchParams();
    const uses = objectUses({ method: 'PUT', path: '/papers/a%20b', query }, () => 'key-arn');
    expect(uses).toEqual([
      { action: 's3:PutObject', resource: 'arn:aws:s3:::papers/a b' },
      { action: 'kms:GenerateDataKey', resource: 'key-arn' },
    ]);
  });

  it('tells a version of an object from the object, and asks no key to delete', () => {
    const papers = 'arn:aws:s3:::papers';
    const of = (method: string, path: string, query: string) =>
      objectUses({ method, path, query: new URLSearchParams(query) }, () => 'key-arn');
    expect(of('DELETE', '/papers/a', 'versionId=1')).toEqual([
      { action: 's3:DeleteObjectVersion', resource: `${papers}/a` },
    ]);
    expect(of('DELETE', '/papers/a', '')).toEqual([
      { action: 's3:DeleteObject', resource: `${papers}/a` },
    ]);
    expect(of('GET', '/papers', 'versions=&prefix=a')).toEqual([
      { action: 's3:ListBucketVersions', resource: papers },
    ]);
  });
});

describe('the key service', () => {
  const json = ({ body }: { body: Buffer | string }) =>
    JSON.parse(String(body)) as Record<string, string>;

  it('opens after a rotation what was sealed before, under the same context only', () => {
    const [key] = assembly.ofType('AWS::KMS::Key');
    const service = new KeyService(key ? [key] : [], 'secret');
    const KeyId = key?.attribute('Arn') ?? '';
    const EncryptionContext = { id: 'app_1', partnerId: 'demo' };
    const before = json(service.answer('GenerateDataKey', { KeyId, EncryptionContext }));
    service.answer('RotateKeyOnDemand', { KeyId });
    const after = json(service.answer('GenerateDataKey', { KeyId, EncryptionContext }));
    for (const { CiphertextBlob, Plaintext } of [before, after])
      expect(
        json(service.answer('Decrypt', { CiphertextBlob, EncryptionContext }))['Plaintext'],
      ).toBe(Plaintext);
    const elsewhere = service.answer('Decrypt', {
      CiphertextBlob: before['CiphertextBlob'],
      EncryptionContext: { ...EncryptionContext, id: 'app_2' },
    });
    expect(elsewhere.status).toBe(400);
  });
});
