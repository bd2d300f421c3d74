import { describe, expect, it } from 'vitest';
import { collectionTables } from '#local/simulation/collection-tables.ts';
import { synthesised, type Json } from './synthesised.ts';

const cloud = synthesised();
const tables = cloud.ofType('AWS::DynamoDB::Table');

function tableCalled(name: string): Json {
  const [table] = tables.filter(({ logicalId }) => logicalId.replace(/[0-9A-F]{8}$/, '') === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table.properties;
}

function keysOf(schema: unknown): string[] {
  return (schema as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);
}

describe('tables', () => {
  it.each([
    { table: 'Applications', keys: ['applicationId'] },
    { table: 'Loans', keys: ['loanId', 'record'] },
    { table: 'Receipts', keys: ['receiptId', 'record'] },
    { table: 'Payouts', keys: ['payoutRef'] },
    { table: 'Tasks', keys: ['taskId'] },
    { table: 'Cases', keys: ['borrowerKey', 'record'] },
    { table: 'Catalog', keys: ['kind', 'idVersion'] },
    { table: 'IdempotencyKeys', keys: ['callerKey'] },
    { table: 'Audit', keys: ['subjectId', 'sequence'] },
    { table: 'Metrics', keys: ['metric', 'dateDimension'] },
    { table: 'CreditReports', keys: ['borrowerKey', 'obtainedAt'] },
    { table: 'Notices', keys: ['loanId', 'noticeId'] },
    { table: 'CatalogDrafts', keys: ['draftId'] },
    { table: 'Sightings', keys: ['trait', 'seen'] },
    { table: 'Decisions', keys: ['applicationId', 'record'] },
    { table: 'Selections', keys: ['selectionId'] },
    { table: 'Collateral', keys: ['applicationId', 'collateralId'] },
    { table: 'PersonalDataRequests', keys: ['requestId'] },
    { table: 'Erasures', keys: ['year', 'erasure'] },
    { table: 'People', keys: ['blindIndex'] },
    { table: 'KeyRotations', keys: ['rotationId'] },
    { table: 'Blocks', keys: ['blockId'] },
  ])('$table is found by $keys', ({ table, keys }) => {
    expect(keysOf(tableCalled(table)['KeySchema'])).toEqual(keys);
  });

  it('are all named above', () => {
    expect(tables).toHaveLength(22);
  });

  it.each([
    { table: 'Applications', index: 'ByPartner', keys: ['partnerId', 'submittedAt'] },
    { table: 'Applications', index: 'ByBorrower', keys: ['borrowerKey', 'submittedAt'] },
    { table: 'Applications', index: 'Retention', keys: ['retentionQueue', 'retentionOn'] },
    { table: 'Loans', index: 'Due', keys: ['dueShard', 'actOn'] },
    { table: 'Loans', index: 'ByBorrower', keys: ['borrowerKey', 'loanId'] },
    { table: 'Loans', index: 'ByPartner', keys: ['partnerId', 'loanId'] },
    { table: 'Loans', index: 'ByFunder', keys: ['funderId', 'loanId'] },
    { table: 'CatalogDrafts', index: 'ByStatus', keys: ['status', 'createdAt'] },
    { table: 'Decisions', index: 'ByPolicy', keys: ['creditPolicyId', 'decidedAt'] },
    { table: 'Notices', index: 'Waiting', keys: ['waitingShard', 'sendAt'] },
    { table: 'Loans', index: 'ByContract', keys: ['contractNumber', 'loanId'] },
    { table: 'Receipts', index: 'Suspense', keys: ['queue', 'receivedAt'] },
    { table: 'Receipts', index: 'Matching', keys: ['matchKey', 'receiptId'] },
    { table: 'Cases', index: 'ById', keys: ['caseKey', 'record'] },
    { table: 'Cases', index: 'Open', keys: ['openLenderId', 'openedAt'] },
    { table: 'People', index: 'ByBorrower', keys: ['borrowerKey', 'keyShard'] },
    { table: 'People', index: 'ByKey', keys: ['keyShard', 'blindIndex'] },
    { table: 'Blocks', index: 'Standing', keys: ['standingQueue', 'standsUntilOn'] },
    { table: 'Tasks', index: 'Inbox', keys: ['queue', 'dueAt'] },
    { table: 'Tasks', index: 'ByApplication', keys: ['applicationId', 'openedAt'] },
  ])('$table can be listed $index', ({ table, index, keys }) => {
    const indexes = tableCalled(table)['GlobalSecondaryIndexes'] as Json[];
    const found = indexes.find(({ IndexName }) => IndexName === index);
    expect(keysOf(found?.['KeySchema'])).toEqual(keys);
  });

  it.each([
    'Applications',
    'Loans',
    'Payouts',
    'Receipts',
    'Tasks',
    'Cases',
    'CatalogDrafts',
    'Collateral',
    'Selections',
    'PersonalDataRequests',
    'KeyRotations',
    'Blocks',
  ])('%s streams its new images', (name) => {
    expect(tableCalled(name)['StreamSpecification']).toEqual({ StreamViewType: 'NEW_IMAGE' });
  });

  it('count audit records by number', () => {
    expect(tableCalled('Audit')['AttributeDefinitions']).toContainEqual({
      AttributeName: 'sequence',
      AttributeType: 'N',
    });
  });

  it('forget only contacts whose years are over, idempotency keys, marks of what was counted, and sightings', () => {
    const forgetful = tables.filter(({ properties }) => 'TimeToLiveSpecification' in properties);
    expect(forgetful.map(({ logicalId }) => logicalId.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'Cases',
      'IdempotencyKeys',
      'Metrics',
      'Sightings',
    ]);
    for (const { properties } of forgetful)
      expect(properties['TimeToLiveSpecification']).toEqual({
        AttributeName: 'expiresAt',
        Enabled: true,
      });
  });

  it('are paid by use, can be restored to any second and cannot be deleted', () => {
    for (const { properties, declaration } of tables) {
      expect(properties['BillingMode']).toBe('PAY_PER_REQUEST');
      expect(properties['PointInTimeRecoverySpecification']).toEqual({
        PointInTimeRecoveryEnabled: true,
      });
      expect(properties['DeletionProtectionEnabled']).toBe(true);
      expect(declaration['DeletionPolicy']).toBe('Retain');
    }
  });

  it('carry in the list of a partner what the list shows, and no personal data', () => {
    const indexes = tableCalled('Applications')['GlobalSecondaryIndexes'] as Json[];
    const [byPartner] = indexes.filter(({ IndexName }) => IndexName === 'ByPartner');
    const { NonKeyAttributes } = byPartner?.['Projection'] as { NonKeyAttributes: string[] };
    expect(NonKeyAttributes).toContain('status');
    expect(NonKeyAttributes).not.toContain('pii');
    // Every change of an application raises it: the index would be written with each.
    expect(NonKeyAttributes).not.toContain('version');
  });

  it('find the applications of a borrower by what never changes', () => {
    const indexes = tableCalled('Applications')['GlobalSecondaryIndexes'] as Json[];
    const [byBorrower] = indexes.filter(({ IndexName }) => IndexName === 'ByBorrower');
    expect(byBorrower?.['Projection']).toEqual({ ProjectionType: 'KEYS_ONLY' });
  });
});

describe('the tables of the simulated collections', () => {
  it.each(Object.entries(collectionTables))('%s is keyed as the deployed one', (name, shape) => {
    const deployed = tableCalled(name);
    expect(keysOf(deployed['KeySchema'])).toEqual([...shape.keys]);
    const indexes = (deployed['GlobalSecondaryIndexes'] ?? []) as Json[];
    const deployedIndexes = indexes.map(({ IndexName, KeySchema }) => [
      String(IndexName),
      keysOf(KeySchema),
    ]);
    expect(Object.fromEntries(deployedIndexes)).toEqual(shape.indexes ?? {});
  });
});

describe('buckets', () => {
  const buckets = cloud.ofType('AWS::S3::Bucket');

  it('are private, versioned and encrypted with the key of personal data', () => {
    expect(buckets).toHaveLength(2);
    for (const { properties } of buckets) {
      expect(properties['PublicAccessBlockConfiguration']).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(properties['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
      expect(JSON.stringify(properties['BucketEncryption'])).toContain('PersonalDataKey');
    }
  });

  it('refuse what does not come over TLS', () => {
    const policies = cloud.ofType('AWS::S3::BucketPolicy');
    expect(policies).toHaveLength(2);
    for (const { properties } of policies)
      expect(JSON.stringify(properties)).toContain(
        '"Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny"',
      );
  });

  it('report uploads of documents to EventBridge', () => {
    const reporting = buckets.filter(({ properties }) => 'NotificationConfiguration' in properties);
    expect(reporting.map(({ logicalId }) => logicalId.slice(0, 9))).toEqual(['Documents']);
  });
});

describe('keys and secrets', () => {
  it('rotate the key of personal data and keep it', () => {
    const [key] = cloud.ofType('AWS::KMS::Key');
    expect(key?.properties['EnableKeyRotation']).toBe(true);
    expect(key?.declaration['DeletionPolicy']).toBe('Retain');
  });

  it('make the secret in the shape that the functions read, its blind index key drawn by AWS', () => {
    const [secret] = cloud.ofType('AWS::SecretsManager::Secret');
    const generated = secret?.properties['GenerateSecretString'] as Json;
    expect(generated['GenerateStringKey']).toBe('blindIndexKey');
    expect(Object.keys(JSON.parse(String(generated['SecretStringTemplate'])) as Json)).toEqual([
      'bank',
      'bureau',
      'guarantor',
      'identity',
      'income',
      'recognition',
      'signature',
      'sms',
      'callbackSecret',
      'webhookSecretKey',
    ]);
  });
});

describe('a deployment to be thrown away', () => {
  it('protects nothing against deletion', () => {
    const disposable = synthesised({ isDisposable: true });
    for (const { properties } of disposable.ofType('AWS::DynamoDB::Table'))
      expect(properties['DeletionProtectionEnabled']).toBe(false);
    // A version is kept when the next one comes, and goes with its function or its machine.
    const versions = /::(Lambda::Version|StepFunctions::StateMachineVersion)$/;
    for (const { declaration, type } of disposable.resources)
      if (!versions.test(type)) expect(declaration['DeletionPolicy']).not.toBe('Retain');
  });
});
