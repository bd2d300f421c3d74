import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as bundled from '#platform/aws/document-client.ts';
import { DynamoDBClient as BundledClient } from '#platform/aws/dynamodb.ts';
import { DatabaseProcess } from '#local/hosting/database-process.ts';
import { isOnMemoryTables, serveMemoryTables } from './memory-tables-server.ts';

type Keys = readonly [string] | readonly [string, string];

/** The tables the repositories work on; that `lib/` makes the same ones is checked by the journeys, which run on its template. */
const tables: Readonly<Record<string, { keys: Keys; indexes?: Readonly<Record<string, Keys>> }>> = {
  Applications: {
    keys: ['applicationId'],
    indexes: {
      ByPartner: ['partnerId', 'submittedAt'],
      ByBorrower: ['borrowerKey', 'submittedAt'],
      Retention: ['retentionQueue', 'retentionOn'],
    },
  },
  Loans: {
    keys: ['loanId', 'record'],
    indexes: {
      Due: ['dueShard', 'actOn'],
      ByBorrower: ['borrowerKey', 'loanId'],
      ByPartner: ['partnerId', 'loanId'],
      ByFunder: ['funderId', 'loanId'],
      ByContract: ['contractNumber', 'loanId'],
    },
  },
  Receipts: {
    keys: ['receiptId', 'record'],
    indexes: { Suspense: ['queue', 'receivedAt'], Matching: ['matchKey', 'receiptId'] },
  },
  Payouts: { keys: ['payoutRef'] },
  Tasks: {
    keys: ['taskId'],
    indexes: { Inbox: ['queue', 'dueAt'], ByApplication: ['applicationId', 'openedAt'] },
  },
  Cases: {
    keys: ['borrowerKey', 'record'],
    indexes: { ById: ['caseKey', 'record'], Open: ['openLenderId', 'openedAt'] },
  },
  Catalog: { keys: ['kind', 'idVersion'] },
  IdempotencyKeys: { keys: ['callerKey'] },
  Metrics: { keys: ['metric', 'dateDimension'] },
  Audit: { keys: ['subjectId', 'sequence'] },
  CreditReports: { keys: ['borrowerKey', 'obtainedAt'] },
  Notices: { keys: ['loanId', 'noticeId'], indexes: { Waiting: ['waitingShard', 'sendAt'] } },
  CatalogDrafts: { keys: ['draftId'], indexes: { ByStatus: ['status', 'createdAt'] } },
  Sightings: { keys: ['trait', 'seen'] },
  Collateral: { keys: ['applicationId', 'collateralId'] },
  PersonalDataRequests: { keys: ['requestId'] },
  People: {
    keys: ['blindIndex'],
    indexes: { ByBorrower: ['borrowerKey', 'keyShard'], ByKey: ['keyShard', 'blindIndex'] },
  },
  KeyRotations: { keys: ['rotationId'] },
  Blocks: { keys: ['blockId'], indexes: { Standing: ['standingQueue', 'standsUntilOn'] } },
  Erasures: { keys: ['year', 'erasure'] },
  Selections: { keys: ['selectionId'] },
  Decisions: {
    keys: ['applicationId', 'record'],
    indexes: { ByPolicy: ['creditPolicyId', 'decidedAt'], ByShadow: ['shadowOf', 'decidedAt'] },
  },
};

export interface TestDatabase {
  readonly endpoint: string;
  readonly documents: DynamoDBDocumentClient;
  /** The client that bundles carry in the place of the SDK's. */
  readonly bundledDocuments: DynamoDBDocumentClient;
  stop(): Promise<void>;
}

/** DynamoDB Local in memory with every table; java ends with this process, however that ends. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const database = isOnMemoryTables
    ? await serveMemoryTables()
    : await DatabaseProcess.start({ dataDir: undefined });
  const client = testClient(database.endpoint);
  await Promise.all(Object.keys(tables).map((name) => createTable(client, name)));
  return {
    endpoint: database.endpoint,
    documents: documentsOf(client),
    bundledDocuments: bundledDocumentsOf(database.endpoint),
    stop: async () => {
      client.destroy();
      await database.stop();
    },
  };
}

/** A client of its own, for a test that puts middleware on it. */
export function testClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 64 } },
  });
}

export function documentsOf(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

function bundledDocumentsOf(endpoint: string): DynamoDBDocumentClient {
  process.env['AWS_ACCESS_KEY_ID'] ??= 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'local';
  const client = new BundledClient({ endpoint, region: 'local' });
  // Of the whole class the repositories call `send` alone, with commands of the SDK in the tests.
  const documents = bundled.DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  return {
    send: (command: object) => documents.send(bundledCommandOf(command)),
  } as unknown as DynamoDBDocumentClient;
}

/** The command of the same name and input. */
function bundledCommandOf(command: object): Parameters<bundled.DynamoDBDocumentClient['send']>[0] {
  const { input } = command as { input: Record<string, unknown> };
  const Command = Reflect.get(bundled, command.constructor.name) as new (
    input: object,
  ) => bundled.GetCommand;
  return new Command(input);
}

async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  const { keys, indexes = {} } = tables[name] ?? { keys: ['id'] };
  const attributes = new Set([...keys, ...Object.values(indexes).flat()]);
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...attributes].map((AttributeName) => ({
        AttributeName,
        AttributeType: AttributeName === 'sequence' ? 'N' : 'S',
      })),
      KeySchema: keySchema(keys),
      ...(Object.keys(indexes).length > 0 && {
        GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, index]) => ({
          IndexName,
          KeySchema: keySchema(index),
          Projection: { ProjectionType: 'ALL' as const },
        })),
      }),
    }),
  );
}

function keySchema([partition, sort]: Keys) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
  ];
}
