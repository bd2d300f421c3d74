import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

interface Shape {
  readonly keys: readonly [string] | readonly [string, string];
  readonly indexes?: Readonly<Record<string, readonly [string, string]>>;
}

/** The tables collections write to, as `lib/data-stack.ts` has them; a test holds the two together. */
export const collectionTables: Readonly<Record<string, Shape>> = {
  Cases: {
    keys: ['borrowerKey', 'record'],
    indexes: { ById: ['caseKey', 'record'], Open: ['openLenderId', 'openedAt'] },
  },
  Tasks: {
    keys: ['taskId'],
    indexes: { Inbox: ['queue', 'dueAt'], ByApplication: ['applicationId', 'openedAt'] },
  },
  Metrics: { keys: ['metric', 'dateDimension'] },
};

/** Makes them on a database that has nothing yet. */
export async function createCollectionTables(client: DynamoDBClient): Promise<void> {
  for (const [TableName, { keys, indexes = {} }] of Object.entries(collectionTables)) {
    const attributes = new Set([...keys, ...Object.values(indexes).flat()]);
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [...attributes].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S',
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
}

function keySchema([partition, sort]: readonly [string] | readonly [string, string]) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
  ];
}
