import {
  DeleteCommand,
  GetCommand,
  QueryCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { BlindIndex, IndexedName, NamedPerson, People } from '#domain/applications/people.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { writeTogether, type TransactItem } from './conditional-write.ts';
import { queryPage } from './queries.ts';

const Named = z.object({ blindIndex: z.string(), borrowerKey: z.string() });
const Found = z.object({ blindIndex: z.string(), keyShard: z.string() });

/** What is under one key lies in so many partitions of the index by key, by the first digit of the blind index. */
const SHARDS = '0123456789abcdef';
const PAGE = 100;

/**
 * Names in DynamoDB: one item per blind index. Which applications show a person stands in the item, as a set, so that the
 * last one takes it along in a write that no other can come between.
 */
export class DynamoPeople implements People {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tables: { readonly people: string; readonly applications: string };

  /** `applications` is needed only where people are named. */
  constructor(
    documents: DynamoDBDocumentClient,
    tables: { readonly people: string; readonly applications?: string },
  ) {
    this.#documents = documents;
    this.#tables = { applications: '', ...tables };
  }

  async find(indexes: readonly BlindIndex[]): Promise<string | undefined> {
    const names = await Promise.all(indexes.map(({ value }) => this.#nameUnder(value)));
    return names.find((name) => name !== undefined);
  }

  async #nameUnder(blindIndex: string): Promise<string | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tables.people, Key: { blindIndex }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : Named.parse(Item).borrowerKey;
  }

  async hasApplied(borrowerKey: string): Promise<boolean> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tables.applications,
        IndexName: 'ByBorrower',
        KeyConditionExpression: 'borrowerKey = :borrowerKey',
        ExpressionAttributeValues: { ':borrowerKey': borrowerKey },
        Limit: 1,
      }),
    );
    return Items.length > 0;
  }

  async keep(person: NamedPerson, applicationId: string): Promise<void> {
    const failed = await writeTogether(
      this.#documents,
      keepingOf(this.#tables.people, person, applicationId),
    );
    if (failed.length > 0)
      throw new ConcurrentChange('somebody else goes by one of the blind indexes');
  }

  async forget(
    borrowerKey: string,
    { by, nowBy }: { readonly by: string; readonly nowBy?: string | undefined },
  ): Promise<void> {
    for (const { blindIndex } of await this.#indexesOf(borrowerKey)) {
      if (nowBy !== undefined) await this.#change(blindIndex, 'ADD', nowBy);
      await this.#change(blindIndex, 'DELETE', by);
    }
  }

  async letGo(borrowerKey: string): Promise<void> {
    for (const { blindIndex } of await this.#indexesOf(borrowerKey))
      await this.#deleteUnless(blindIndex, 'attribute_exists(applicationIds)');
  }

  async #indexesOf(borrowerKey: string): Promise<readonly z.infer<typeof Found>[]> {
    const { items } = await queryPage(
      this.#documents,
      {
        TableName: this.#tables.people,
        IndexName: 'ByBorrower',
        KeyConditionExpression: 'borrowerKey = :borrowerKey',
        ExpressionAttributeValues: { ':borrowerKey': borrowerKey },
        ScanIndexForward: true,
      },
      { limit: PAGE, schema: Found },
    );
    return items;
  }

  /** Only of an item that is there: a name that was forgotten meanwhile does not come back. */
  async #change(blindIndex: string, how: 'ADD' | 'DELETE', applicationId: string): Promise<void> {
    await this.#ifSo(
      this.#documents.send(
        new UpdateCommand({
          TableName: this.#tables.people,
          Key: { blindIndex },
          UpdateExpression: `${how} applicationIds :applicationIds`,
          ConditionExpression: 'attribute_exists(blindIndex)',
          ExpressionAttributeValues: { ':applicationIds': new Set([applicationId]) },
        }),
      ),
    );
  }

  async #deleteUnless(blindIndex: string, condition: string): Promise<void> {
    await this.#ifSo(
      this.#documents.send(
        new DeleteCommand({
          TableName: this.#tables.people,
          Key: { blindIndex },
          ConditionExpression: `NOT ${condition}`,
        }),
      ),
    );
  }

  async #ifSo(write: Promise<unknown>): Promise<void> {
    try {
      await write;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async listOfKey(
    keyId: string,
    after?: string,
  ): Promise<{ items: readonly IndexedName[]; next?: string }> {
    const shard = after?.charAt(0) ?? SHARDS.charAt(0);
    const { items } = await queryPage(
      this.#documents,
      {
        TableName: this.#tables.people,
        IndexName: 'ByKey',
        KeyConditionExpression: 'keyShard = :keyShard AND blindIndex > :after',
        ExpressionAttributeValues: {
          ':keyShard': keyShardOf({ keyId, value: shard }),
          ':after': after ?? shard,
        },
        ScanIndexForward: true,
      },
      { limit: PAGE, schema: Named },
    );
    const next = items.length < PAGE ? nextShard(shard) : items.at(-1)?.blindIndex;
    return next === undefined ? { items } : { items, next };
  }

  async isUnder(keyId: string, borrowerKey: string): Promise<boolean> {
    const indexes = await this.#indexesOf(borrowerKey);
    return indexes.some(({ keyShard }) => keyShard.startsWith(`${keyId}#`));
  }

  async remove(blindIndex: string): Promise<void> {
    await this.#documents.send(
      new DeleteCommand({ TableName: this.#tables.people, Key: { blindIndex } }),
    );
  }
}

/** What keeps a person, for the transaction it belongs to: it fails where somebody else goes by one of the indexes. */
export function keepingOf(
  tableName: string,
  { borrowerKey, indexes, isNew = false }: NamedPerson,
  applicationId: string,
): TransactItem[] {
  const applicationIds = new Set([applicationId]);
  if (isNew)
    return indexes.map((index) => ({
      Put: {
        TableName: tableName,
        Item: { blindIndex: index.value, borrowerKey, keyShard: keyShardOf(index), applicationIds },
        ConditionExpression: 'attribute_not_exists(blindIndex)',
      },
    }));
  return indexes.map((index) => ({
    Update: {
      TableName: tableName,
      Key: { blindIndex: index.value },
      UpdateExpression:
        'SET borrowerKey = :borrowerKey, keyShard = :keyShard ADD applicationIds :applicationIds',
      ConditionExpression: 'attribute_not_exists(blindIndex) OR borrowerKey = :borrowerKey',
      ExpressionAttributeValues: {
        ':borrowerKey': borrowerKey,
        ':keyShard': keyShardOf(index),
        ':applicationIds': applicationIds,
      },
    },
  }));
}

function keyShardOf({ keyId, value }: BlindIndex): string {
  return `${keyId}#${value.charAt(0)}`;
}

function nextShard(shard: string): string | undefined {
  const next = SHARDS.charAt(SHARDS.indexOf(shard) + 1);
  return next === '' ? undefined : next;
}
