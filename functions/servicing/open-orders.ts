import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ORDER_SHARD } from '#domain/servicing/bank-order.ts';

const OrderKey = z.object({ loanId: z.string(), record: z.string() });
export type OrderKey = z.infer<typeof OrderKey>;

/** The debits and refunds that are with the bank, the oldest first: a shard of the due index, so nothing is scanned. */
export interface OpenOrders {
  list(until: string): Promise<readonly OrderKey[]>;
}

/** A minute's sweep takes at most this many; the next minute takes the rest. */
const PAGE_MAX = 200;

export class DynamoOpenOrders implements OpenOrders {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async list(until: string): Promise<readonly OrderKey[]> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tableName,
        IndexName: 'Due',
        KeyConditionExpression: 'dueShard = :orders AND actOn <= :until',
        ExpressionAttributeValues: { ':orders': ORDER_SHARD, ':until': until },
        Limit: PAGE_MAX,
      }),
    );
    return Items.map((item) => OrderKey.parse(item));
  }
}
