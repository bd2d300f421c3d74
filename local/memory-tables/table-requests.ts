import { TableProperties } from '../hosting/tables.ts';
import { MemoryTable, type SecondaryIndex } from './memory-table.ts';
import type { FindTable } from './reads.ts';
import { invalid, refused } from './refusal.ts';

type Fields = Readonly<Record<string, unknown>>;

const TABLES_PER_PAGE = 100;
const tableName = /^[a-zA-Z0-9_.-]{3,255}$/;

export function createTable(request: Fields, tables: Map<string, MemoryTable>): Fields {
  const name = String(request['TableName']);
  if (!tableName.test(name)) throw invalid(badName);
  if (tables.has(name)) throw refused('ResourceInUseException', 'Cannot create preexisting table');
  const table = new MemoryTable(name, propertiesOf(request));
  tables.set(name, table);
  return { TableDescription: description(table) };
}

const badName =
  "Invalid table/index name.  Table/index names must be between 3 and 255 characters long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'";

function propertiesOf(request: Fields): TableProperties {
  const { StreamEnabled } = (request['StreamSpecification'] ?? {}) as Fields;
  const parsed = TableProperties.safeParse({
    ...request,
    ...(StreamEnabled === false && { StreamSpecification: undefined }),
  });
  if (!parsed.success) throw invalid(parsed.error.issues[0]?.message ?? 'not a table');
  return parsed.data;
}

export function describeTable(request: Fields, find: FindTable): Fields {
  return { Table: description(find(request['TableName'])) };
}

export function listTables(request: Fields, tables: ReadonlyMap<string, MemoryTable>): Fields {
  const after = (request['ExclusiveStartTableName'] ?? '') as string;
  const names = [...tables.keys()].sort().filter((name) => name > after);
  const page = names.slice(0, Number(request['Limit'] ?? TABLES_PER_PAGE));
  return {
    TableNames: page,
    ...(page.length < names.length && { LastEvaluatedTableName: page.at(-1) }),
  };
}

export function deleteTable(request: Fields, tables: Map<string, MemoryTable>): Fields {
  const table = tables.get(String(request['TableName']));
  if (!table)
    throw refused('ResourceNotFoundException', 'Cannot do operations on a non-existent table');
  tables.delete(table.name);
  return { TableDescription: { ...description(table), TableStatus: 'DELETING' } };
}

/** Adds global indexes; whatever else a table could become is not for tables in memory. */
export function updateTable(request: Fields, find: FindTable): Fields {
  const table = find(request['TableName']);
  const updates = (request['GlobalSecondaryIndexUpdates'] ?? []) as { Create?: Fields }[];
  table.withIndex(
    propertiesOf({
      KeySchema: table.properties.KeySchema,
      AttributeDefinitions: request['AttributeDefinitions'] ?? [],
      GlobalSecondaryIndexes: updates.flatMap(({ Create }) => (Create ? [Create] : [])),
    }),
  );
  return { TableDescription: description(table) };
}

export function updateTimeToLive(request: Fields, find: FindTable): Fields {
  const table = find(request['TableName']);
  const asked = (request['TimeToLiveSpecification'] ?? {}) as Fields;
  table.ttlAttribute = asked['Enabled'] === true ? String(asked['AttributeName']) : undefined;
  return { TimeToLiveSpecification: asked };
}

export function describeTimeToLive(request: Fields, find: FindTable): Fields {
  const { ttlAttribute } = find(request['TableName']);
  return {
    TimeToLiveDescription:
      ttlAttribute === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute },
  };
}

function description(table: MemoryTable): Fields {
  const { name, properties, arn, createdAtMs, stream } = table;
  const at = createdAtMs / 1000;
  const indexes = [...table.indexes.values()];
  const global = indexes.filter(({ isGlobal }) => isGlobal);
  const local = indexes.filter(({ isGlobal }) => !isGlobal);
  return {
    TableName: name,
    TableArn: arn,
    TableStatus: 'ACTIVE',
    KeySchema: properties.KeySchema,
    AttributeDefinitions: properties.AttributeDefinitions,
    CreationDateTime: at,
    ItemCount: table.count,
    TableSizeBytes: 0,
    ProvisionedThroughput: {
      LastIncreaseDateTime: 0,
      LastDecreaseDateTime: 0,
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: 0,
      WriteCapacityUnits: 0,
    },
    BillingModeSummary: {
      BillingMode: 'PAY_PER_REQUEST',
      LastUpdateToPayPerRequestDateTime: at,
    },
    DeletionProtectionEnabled: false,
    ...(global.length > 0 && {
      GlobalSecondaryIndexes: global.map((index) => ({
        ...describedIndex(table, index),
        IndexStatus: 'ACTIVE',
      })),
    }),
    ...(local.length > 0 && {
      LocalSecondaryIndexes: local.map((index) => describedIndex(table, index)),
    }),
    ...(stream && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: stream.view },
      LatestStreamLabel: stream.label,
      LatestStreamArn: stream.arn,
    }),
  };
}

function describedIndex(table: MemoryTable, index: SecondaryIndex): Fields {
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes } = table.properties;
  const { KeySchema } =
    [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].find(
      ({ IndexName }) => IndexName === index.name,
    ) ?? {};
  return {
    IndexName: index.name,
    KeySchema,
    Projection: index.projection,
    IndexSizeBytes: 0,
    ItemCount: 0,
    IndexArn: `${table.arn}/index/${index.name}`,
  };
}
