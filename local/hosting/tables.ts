import {
  CreateTableCommand,
  DescribeTableCommand,
  ListTablesCommand,
  ResourceNotFoundException,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Resource } from './template.ts';

const Key = z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) });
const Index = z.object({
  IndexName: z.string(),
  KeySchema: z.array(Key),
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});

/** What the host reads of a table in the template; encryption, backups and capacity have no meaning here. */
export const TableProperties = z.object({
  KeySchema: z.array(Key),
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(Index).default([]),
  LocalSecondaryIndexes: z.array(Index).default([]),
  StreamSpecification: z
    .object({
      StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']),
    })
    .optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});
export type TableProperties = z.infer<typeof TableProperties>;

export interface Table {
  readonly name: string;
  readonly properties: TableProperties;
}

/** The tables of the template. */
export function readTables(resources: readonly Resource[]): readonly Table[] {
  return resources.map(({ name, properties }) => ({
    name,
    properties: TableProperties.parse(properties),
  }));
}

/** Creates the tables that are missing and the indexes that existing ones lack. */
export async function ensureTables(
  client: DynamoDBClient,
  tables: readonly Table[],
): Promise<void> {
  const { TableNames = [] } = await client.send(new ListTablesCommand({ Limit: 100 }));
  const existing = new Set(TableNames);
  for (const table of tables)
    if (existing.has(table.name)) await addMissingIndexes(client, table);
    else await createTable(client, table);
}

async function createTable(client: DynamoDBClient, { name, properties }: Table): Promise<void> {
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes, StreamSpecification } = properties;
  const input: CreateTableCommandInput = {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: properties.KeySchema,
    AttributeDefinitions: properties.AttributeDefinitions,
  };
  if (GlobalSecondaryIndexes.length > 0)
    input.GlobalSecondaryIndexes = GlobalSecondaryIndexes.map(indexInput);
  if (LocalSecondaryIndexes.length > 0)
    input.LocalSecondaryIndexes = LocalSecondaryIndexes.map(indexInput);
  if (StreamSpecification)
    input.StreamSpecification = { StreamEnabled: true, ...StreamSpecification };
  await client.send(new CreateTableCommand(input));
  const ttl = properties.TimeToLiveSpecification;
  if (ttl)
    await client.send(
      new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: ttl }),
    );
}

async function addMissingIndexes(
  client: DynamoDBClient,
  { name, properties }: Table,
): Promise<void> {
  const { Table: found } = await client.send(new DescribeTableCommand({ TableName: name }));
  const present = new Set(found?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  for (const index of properties.GlobalSecondaryIndexes)
    if (!present.has(index.IndexName))
      await client.send(
        new UpdateTableCommand({
          TableName: name,
          AttributeDefinitions: properties.AttributeDefinitions,
          GlobalSecondaryIndexUpdates: [{ Create: indexInput(index) }],
        }),
      );
}

function indexInput(index: z.infer<typeof Index>): GlobalSecondaryIndex {
  const { ProjectionType, NonKeyAttributes } = index.Projection;
  return {
    IndexName: index.IndexName,
    KeySchema: index.KeySchema,
    Projection: { ProjectionType, ...(NonKeyAttributes && { NonKeyAttributes }) },
  };
}

/** Whether a table exists. */
export async function hasTable(client: DynamoDBClient, name: string): Promise<boolean> {
  try {
    await client.send(new DescribeTableCommand({ TableName: name }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}
