import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Page, PageRequest } from '#domain/shared/page.ts';

const Key = z.record(z.string(), z.union([z.string(), z.number()]));

export interface IndexQuery {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly KeyConditionExpression: string;
  readonly FilterExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
  readonly ScanIndexForward: boolean;
  readonly ConsistentRead?: boolean;
}

/** A filter may leave a page short; it is filled up, but not at any price. */
const ROUNDS_MAX = 10;

/** One page of a query, each item parsed on the way out. */
export async function queryPage<Schema extends z.ZodType>(
  documents: DynamoDBDocumentClient,
  query: IndexQuery,
  { schema, limit, after }: PageRequest & { readonly schema: Schema },
): Promise<Page<z.infer<Schema>>> {
  const items: z.infer<Schema>[] = [];
  let next = after;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    // Asking for exactly what is missing keeps the key where the page ends: no item is read twice or skipped.
    const answer = await documents.send(
      new QueryCommand({ ...query, Limit: limit - items.length, ExclusiveStartKey: next }),
    );
    items.push(...(answer.Items ?? []).map((item) => schema.parse(item)));
    next = answer.LastEvaluatedKey === undefined ? undefined : Key.parse(answer.LastEvaluatedKey);
    if (next === undefined) return { items };
    if (items.length >= limit) break;
  }
  return next === undefined ? { items } : { items, next };
}
