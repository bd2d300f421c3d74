import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

const DELETES_PER_CALL = 25;
const ROUNDS_MAX = 8;

/** Deletes items by their keys. What is not there is not missed. */
export async function deleteItems(
  documents: DynamoDBDocumentClient,
  tableName: string,
  keys: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  for (let from = 0; from < keys.length; from += DELETES_PER_CALL) {
    let rest = keys
      .slice(from, from + DELETES_PER_CALL)
      .map((key) => ({ DeleteRequest: { Key: { ...key } } }));
    for (let round = 1; rest.length > 0; round += 1) {
      if (round > ROUNDS_MAX) throw new Error('the table took only a part of the deletions');
      const { UnprocessedItems } = await documents.send(
        new BatchWriteCommand({ RequestItems: { [tableName]: rest } }),
      );
      rest = (UnprocessedItems?.[tableName] ?? []).flatMap(({ DeleteRequest }) =>
        DeleteRequest?.Key === undefined ? [] : [{ DeleteRequest: { Key: DeleteRequest.Key } }],
      );
    }
  }
}
