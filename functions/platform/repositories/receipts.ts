import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Receipts } from '#domain/servicing/ports.ts';
import { Receipt, type SuspenseEntry } from '#domain/servicing/receipt.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { writeTogether } from './conditional-write.ts';
import { queryPage } from './queries.ts';
import { versionedPut } from './versioned-put.ts';

/** A payer who names one loan more often than this before it is paid out is somebody's test. */
const MATCHES_MAX = 50;

/** Receipts in DynamoDB. Only what waits in suspense stands in the indexes. */
export class DynamoReceipts implements Receipts {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find(receiptId: string): Promise<Receipt | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({
        TableName: this.#tableName,
        Key: { receiptId, record: 'receipt' },
        ConsistentRead: true,
      }),
    );
    return Item === undefined ? undefined : Receipt.parse(Item);
  }

  async store(receipt: Receipt, entry?: SuspenseEntry): Promise<void> {
    const failed = await writeTogether(this.#documents, [
      { Put: versionedPut(this.#tableName, 'receiptId', receipt) },
      ...(entry
        ? [
            {
              Put: {
                TableName: this.#tableName,
                Item: entry,
                ConditionExpression: 'attribute_not_exists(receiptId)',
              },
            },
          ]
        : []),
    ]);
    if (failed.length > 0)
      throw new ConcurrentChange(`receipt ${receipt.receiptId} changed since it was read`);
  }

  listSuspense(page: PageRequest): Promise<Page<Receipt>> {
    return queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'Suspense',
        KeyConditionExpression: 'queue = :queue',
        ExpressionAttributeValues: { ':queue': 'Suspense' },
        ScanIndexForward: true,
      },
      { ...page, schema: Receipt },
    );
  }

  async listMatching(matchKey: string): Promise<readonly Receipt[]> {
    const { items } = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'Matching',
        KeyConditionExpression: 'matchKey = :matchKey',
        ExpressionAttributeValues: { ':matchKey': matchKey },
        ScanIndexForward: true,
      },
      { limit: MATCHES_MAX, schema: Receipt },
    );
    return items;
  }
}
