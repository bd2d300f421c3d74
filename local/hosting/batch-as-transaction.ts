type Fields = Readonly<Record<string, unknown>>;

/** Below this a transaction costs the database more than the syncs it saves (measured: even at four, half at sixteen). */
const WRITES_MIN = 8;

/**
 * The writes of a batch as one transaction; undefined for a batch that is small or asks for more than to be written. On
 * disk, DynamoDB Local syncs the file for every single item of a batch, for a transaction once.
 */
export function batchAsTransaction({ RequestItems, ...more }: Fields): Fields | undefined {
  if (Object.values(more).some((value) => value !== undefined)) return undefined;
  const tables = (RequestItems ?? {}) as Record<
    string,
    { readonly PutRequest?: Fields; readonly DeleteRequest?: Fields }[]
  >;
  const TransactItems = Object.entries(tables).flatMap(([TableName, requests]) =>
    requests.map(({ PutRequest, DeleteRequest }) =>
      PutRequest
        ? { Put: { TableName, ...PutRequest } }
        : { Delete: { TableName, ...DeleteRequest } },
    ),
  );
  return TransactItems.length < WRITES_MIN ? undefined : { TransactItems };
}
