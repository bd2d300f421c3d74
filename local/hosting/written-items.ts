import type { WireItem } from './attribute-values.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One item that a request is about to write. */
export interface WrittenItem {
  readonly tableName: string;
  readonly kind: 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
  /** At least the item's key. */
  readonly key: WireItem;
  /** Of a put. */
  readonly item: WireItem | undefined;
  /** The attribute that must not exist for it to succeed, where that is its whole condition. */
  readonly absent: string | undefined;
}

/** The items that a request writes, in its order; none for requests that only read. */
export function writtenItems(operation: string, request: Fields): readonly WrittenItem[] {
  switch (operation) {
    case 'PutItem':
      return [writtenBy('Put', request)];
    case 'UpdateItem':
      return [writtenBy('Update', request)];
    case 'DeleteItem':
      return [writtenBy('Delete', request)];
    case 'TransactWriteItems':
      return transactionWrites(request);
    case 'BatchWriteItem':
      return batchWrites(request);
    default:
      return [];
  }
}

function transactionWrites({ TransactItems }: Fields): WrittenItem[] {
  const actions = (TransactItems ?? []) as Partial<Record<WrittenItem['kind'], Fields>>[];
  return actions.flatMap(({ Put, Update, Delete, ConditionCheck }) => {
    if (Put) return [writtenBy('Put', Put)];
    if (Update) return [writtenBy('Update', Update)];
    if (Delete) return [writtenBy('Delete', Delete)];
    return ConditionCheck ? [writtenBy('ConditionCheck', ConditionCheck)] : [];
  });
}

function batchWrites({ RequestItems }: Fields): WrittenItem[] {
  const tables = (RequestItems ?? {}) as Record<
    string,
    { PutRequest?: Fields; DeleteRequest?: Fields }[]
  >;
  return Object.entries(tables).flatMap(([TableName, requests]) =>
    requests.map(({ PutRequest, DeleteRequest }) =>
      PutRequest
        ? writtenBy('Put', { TableName, ...PutRequest })
        : writtenBy('Delete', { TableName, ...DeleteRequest }),
    ),
  );
}

function writtenBy(kind: WrittenItem['kind'], action: Fields): WrittenItem {
  const item = kind === 'Put' ? (action['Item'] as WireItem) : undefined;
  return {
    tableName: String(action['TableName']),
    kind,
    item,
    key: item ?? (action['Key'] as WireItem | undefined) ?? {},
    absent: absentIn(action),
  };
}

function absentIn({ ConditionExpression, ExpressionAttributeNames }: Fields): string | undefined {
  const named = /^attribute_not_exists\((#?\w+)\)$/.exec(String(ConditionExpression))?.[1];
  if (named === undefined) return undefined;
  const names = (ExpressionAttributeNames ?? {}) as Record<string, string>;
  return names[named] ?? named;
}
