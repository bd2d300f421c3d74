import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Notice } from '#domain/notification/notice.ts';
import type { Notices } from '#domain/notification/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { putConditionally } from './conditional-write.ts';
import { queryPage } from './queries.ts';
import { versionedPut } from './versioned-put.ts';

const WaitingKey = z.object({ loanId: z.string(), noticeId: z.string() });

/** Notices in DynamoDB: one item collection per loan; only waiting ones stand in the Waiting index. */
export class DynamoNotices implements Notices {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find({ loanId, noticeId }: { loanId: string; noticeId: string }) {
    const { Item } = await this.#documents.send(
      new GetCommand({
        TableName: this.#tableName,
        Key: { loanId, noticeId },
        ConsistentRead: true,
      }),
    );
    return Item === undefined ? undefined : Notice.parse(Item);
  }

  async add(notice: Notice): Promise<boolean> {
    try {
      await this.replace(notice);
      return true;
    } catch (error) {
      if (error instanceof ConcurrentChange) return false;
      throw error;
    }
  }

  async replace(next: Notice): Promise<void> {
    const put = versionedPut(this.#tableName, 'loanId', next);
    await putConditionally(this.#documents, put, `notice ${next.noticeId} of ${next.loanId}`);
  }

  listWaiting(
    { shard, until }: { readonly shard: string; readonly until: string },
    page: PageRequest,
  ): Promise<Page<z.infer<typeof WaitingKey>>> {
    return queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'Waiting',
        KeyConditionExpression: 'waitingShard = :shard AND sendAt <= :until',
        ExpressionAttributeValues: { ':shard': shard, ':until': until },
        ScanIndexForward: true,
      },
      { ...page, schema: WaitingKey },
    );
  }

  listByLoan(loanId: string, page: PageRequest): Promise<Page<Notice>> {
    return queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'loanId = :loanId',
        ExpressionAttributeValues: { ':loanId': loanId },
        ScanIndexForward: true,
        ConsistentRead: true,
      },
      { ...page, schema: Notice },
    );
  }
}
