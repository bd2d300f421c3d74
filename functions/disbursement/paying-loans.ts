import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { PAYING_SHARD } from '#domain/disbursement/reserve-loan.ts';

const Key = z.object({ loanId: z.string() });

/** The loans whose money is on its way, the oldest first: a shard of the due index, so nothing is scanned. */
export interface PayingLoans {
  list(until: string): Promise<readonly string[]>;
}

/** A minute's sweep takes at most this many; the next minute takes the rest. */
const PAGE_MAX = 200;

export class DynamoPayingLoans implements PayingLoans {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async list(until: string): Promise<readonly string[]> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tableName,
        IndexName: 'Due',
        KeyConditionExpression: 'dueShard = :paying AND actOn <= :until',
        ExpressionAttributeValues: { ':paying': PAYING_SHARD, ':until': until },
        Limit: PAGE_MAX,
      }),
    );
    return Items.map((item) => Key.parse(item).loanId);
  }
}
