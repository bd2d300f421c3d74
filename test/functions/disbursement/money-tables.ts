import {
  CreateTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { startDatabaseInMemory } from './database-in-memory.ts';

export const tableNames = {
  applications: 'Applications',
  loans: 'Loans',
  payouts: 'Payouts',
  tasks: 'Tasks',
} as const;

export interface MoneyDatabase {
  readonly documents: DynamoDBDocumentClient;
  stop(): Promise<void>;
}

/** DynamoDB Local in memory with the tables of the money step. */
export async function startMoneyDatabase(): Promise<MoneyDatabase> {
  const database = await startDatabaseInMemory();
  const client = new DynamoDBClient({
    endpoint: database.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    retryStrategy: new ConfiguredRetryStrategy(3, () => 1),
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 64 } },
  });
  await createTables(client);
  const documents = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  return {
    documents,
    stop: async () => {
      documents.destroy();
      client.destroy();
      await database.stop();
    },
  };
}

const keys: Readonly<Record<keyof typeof tableNames, readonly string[]>> = {
  applications: ['applicationId'],
  loans: ['loanId', 'record'],
  payouts: ['payoutRef'],
  tasks: ['taskId'],
};

async function createTables(client: DynamoDBClient): Promise<void> {
  for (const [table, names] of Object.entries(keys)) {
    const isLoans = table === 'loans';
    const attributes = isLoans ? [...names, 'dueShard', 'actOn'] : names;
    await client.send(
      new CreateTableCommand({
        TableName: tableNames[table as keyof typeof tableNames],
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: attributes.map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S',
        })),
        KeySchema: keySchema(names),
        ...(isLoans && {
          GlobalSecondaryIndexes: [
            {
              IndexName: 'Due',
              KeySchema: keySchema(['dueShard', 'actOn']),
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ],
        }),
      }),
    );
  }
}

function keySchema([partition = '', sort]: readonly string[]): KeySchemaElement[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
  ];
}
