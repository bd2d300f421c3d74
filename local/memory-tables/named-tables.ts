type Fields = Readonly<Record<string, unknown>>;

const actions = ['Get', 'Put', 'Update', 'Delete', 'ConditionCheck'] as const;
const tableOfArn = /:table\/([^/|]+)/;

/** The tables that a request is about, by name; undefined where it may be about all of them. */
export function namedTables(target: string, request: Fields): readonly string[] | undefined {
  const { TableName, RequestItems, TransactItems, StreamArn, ShardIterator } = request;
  if (typeof TableName === 'string') return [TableName];
  if (isFields(RequestItems)) return Object.keys(RequestItems);
  if (Array.isArray(TransactItems)) return TransactItems.flatMap(tablesOfAction);
  const [, streamed] = tableOfArn.exec(String(StreamArn ?? ShardIterator)) ?? [];
  return target.startsWith('DynamoDBStreams') && streamed !== undefined ? [streamed] : undefined;
}

function tablesOfAction(item: unknown): readonly string[] {
  if (!isFields(item)) return [];
  return actions.flatMap((action) => {
    const fields = item[action];
    return isFields(fields) && typeof fields['TableName'] === 'string' ? [fields['TableName']] : [];
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
