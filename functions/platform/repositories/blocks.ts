import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Block } from '#domain/blocks/block.ts';
import type { Blocks } from '#domain/blocks/ports.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { putConditionally } from './conditional-write.ts';
import { queryPage } from './queries.ts';
import { versionedPut } from './versioned-put.ts';

/** Blocks in DynamoDB: one item a person; those that stand are in a sparse index by the day they end. */
export class DynamoBlocks implements Blocks {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find(blockId: string): Promise<Block | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key: { blockId }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : Block.parse(Item);
  }

  async replace(next: Block): Promise<void> {
    const put = versionedPut(this.#tableName, 'blockId', next);
    await putConditionally(this.#documents, put, `block ${next.blockId}`);
  }

  listStanding(date: string, page: PageRequest): Promise<Page<Block>> {
    return this.#list('>=', date, page);
  }

  listOver(date: string, page: PageRequest): Promise<Page<Block>> {
    return this.#list('<', date, page);
  }

  #list(how: '>=' | '<', date: string, page: PageRequest): Promise<Page<Block>> {
    return queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'Standing',
        KeyConditionExpression: `standingQueue = :queue AND standsUntilOn ${how} :date`,
        ExpressionAttributeValues: { ':queue': 'Standing', ':date': date },
        ScanIndexForward: true,
      },
      { ...page, schema: Block },
    );
  }
}
