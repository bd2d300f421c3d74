import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CatalogDraft, publicationOf, versionOf } from '#domain/catalog/draft.ts';
import type { CatalogDrafts } from '#domain/catalog/draft-ports.ts';
import { ConcurrentChange, InvalidTransition } from '#domain/shared/errors.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { putConditionally, writeTogether, type ConditionalPut } from './conditional-write.ts';
import { queryPage } from './queries.ts';
import { versionedPut } from './versioned-put.ts';

/** Drafts in DynamoDB; what is approved goes into the Catalog table in the same transaction. */
export class DynamoCatalogDrafts implements CatalogDrafts {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #catalogTableName: string;

  constructor(
    documents: DynamoDBDocumentClient,
    tables: { readonly drafts: string; readonly catalog: string },
  ) {
    this.#documents = documents;
    this.#tableName = tables.drafts;
    this.#catalogTableName = tables.catalog;
  }

  async find(draftId: string): Promise<CatalogDraft | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key: { draftId }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : CatalogDraft.parse(Item);
  }

  async create(draft: CatalogDraft): Promise<void> {
    await this.replace(draft);
  }

  async replace(next: CatalogDraft): Promise<void> {
    const put = versionedPut(this.#tableName, 'draftId', next);
    await putConditionally(this.#documents, put, `draft ${next.draftId}`);
  }

  async publish(approved: CatalogDraft): Promise<void> {
    const [version, latest] = publicationOf(approved);
    const number = versionOf(approved);
    const [isStale, isTaken, isOutOfOrder] = await this.#write([
      versionedPut(this.#tableName, 'draftId', approved),
      {
        TableName: this.#catalogTableName,
        Item: version,
        ConditionExpression: 'attribute_not_exists(idVersion)',
      },
      {
        TableName: this.#catalogTableName,
        Item: latest,
        // A first version follows nothing; every other follows the one before it.
        ConditionExpression:
          number === 1 ? 'attribute_not_exists(idVersion)' : '#version = :previous',
        ...(number === 1
          ? {}
          : {
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':previous': number - 1 },
            }),
      },
    ]);
    if (isStale) throw new ConcurrentChange(`draft ${approved.draftId} changed since it was read`);
    if (isTaken || isOutOfOrder)
      throw new InvalidTransition(`${approved.itemKey} does not follow the version in the catalog`);
  }

  list(status: CatalogDraft['status'], page: PageRequest): Promise<Page<CatalogDraft>> {
    return queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'ByStatus',
        KeyConditionExpression: '#status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': status },
        ScanIndexForward: false,
      },
      { ...page, schema: CatalogDraft },
    );
  }

  async #write(
    puts: readonly [ConditionalPut, ConditionalPut, ConditionalPut],
  ): Promise<[boolean, boolean, boolean]> {
    const failed = await writeTogether(
      this.#documents,
      puts.map((put) => ({ Put: put })),
    );
    return [failed.includes(0), failed.includes(1), failed.includes(2)];
  }
}
