import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { DueLoans } from '#domain/servicing/day-close-ports.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { queryPage } from './queries.ts';

const Key = z.object({ loanId: z.string() });

/** The due index in DynamoDB. Nothing is scanned: what it costs follows what is due. */
export class DynamoDueLoans implements DueLoans {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async list(
    { shard, until }: { readonly shard: string; readonly until: string },
    page: PageRequest,
  ): Promise<Page<string>> {
    const { items, next } = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'Due',
        KeyConditionExpression: 'dueShard = :shard AND actOn <= :until',
        ExpressionAttributeValues: { ':shard': shard, ':until': until },
        ScanIndexForward: true,
      },
      { ...page, schema: Key },
    );
    const loanIds = items.map(({ loanId }) => loanId);
    return next === undefined ? { items: loanIds } : { items: loanIds, next };
  }
}
