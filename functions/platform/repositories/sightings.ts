import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  QueryCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Sighting, Sightings } from '#domain/fraud/sighting.ts';
import { writeTogether } from './conditional-write.ts';

const Stored = z.object({
  trait: z.string(),
  seenAt: z.string(),
  applicationId: z.string(),
  borrower: z.string(),
});
const Counter = z.object({ count: z.int() });

/** Longer than any rule looks back. */
const KEPT_DAYS = 40;
const DAY_SECONDS = 86_400;
const BATCH_ROUNDS_MAX = 5;
/** Counters of one partner and day: transactions that meet on one item wait for each other. */
const SHARDS = 16;

/**
 * Sightings in DynamoDB. A trait's sightings lie under its blind index, in the order they came, so a window is one short
 * query and a repeat writes the same item again. A partner's are too many for that: they are counted, each application
 * behind a guard of its own, on one of sixteen counters a day. All of it expires by itself.
 */
export class DynamoSightings implements Sightings {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async note(sightings: readonly Sighting[]): Promise<void> {
    const items = new Map(sightings.map((sighting) => [keyOf(sighting), itemOf(sighting)]));
    let requests = [...items.values()].map((Item) => ({ PutRequest: { Item } }));
    for (let round = 1; requests.length > 0; round += 1) {
      if (round > BATCH_ROUNDS_MAX) throw new Error('the table took only a part of the sightings');
      const { UnprocessedItems } = await this.#documents.send(
        new BatchWriteCommand({ RequestItems: { [this.#tableName]: requests } }),
      );
      requests = (UnprocessedItems?.[this.#tableName] ?? []).flatMap(({ PutRequest }) =>
        PutRequest?.Item === undefined ? [] : [{ PutRequest: { Item: PutRequest.Item } }],
      );
    }
  }

  async noteAlso({ traits, ...seen }: Parameters<Sightings['noteAlso']>[0]): Promise<void> {
    try {
      // The guard first: from then on, whoever forgets the application forgets these as well.
      await this.#documents.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: countedKeyOf(seen.applicationId),
          UpdateExpression: 'SET traits = :traits',
          ConditionExpression: 'attribute_exists(trait)',
          ExpressionAttributeValues: { ':traits': [...traits] },
        }),
      );
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return;
      throw error;
    }
    await this.note(traits.map((trait) => ({ ...seen, trait })));
  }

  async listSince(trait: string, since: string, limit: number): Promise<readonly Sighting[]> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: 'trait = :trait AND seen > :since',
        ExpressionAttributeValues: { ':trait': trait, ':since': since },
        ScanIndexForward: false,
        Limit: limit,
        ConsistentRead: true,
      }),
    );
    return Items.map((item) => Stored.parse(item));
  }

  async countForPartner(
    partnerId: string,
    date: string,
    { applicationId, seenAt, traits }: Parameters<Sightings['countForPartner']>[2],
  ): Promise<void> {
    const expiresAt = expiryOf(date);
    // A failed condition means that it was counted before: nothing is left to do.
    await writeTogether(this.#documents, [
      {
        Put: {
          TableName: this.#tableName,
          Item: { ...countedKeyOf(applicationId), seenAt, traits, expiresAt },
          ConditionExpression: 'attribute_not_exists(trait)',
        },
      },
      {
        Update: {
          TableName: this.#tableName,
          Key: { trait: partnerTrait(partnerId, date), seen: `shard#${shardOf(applicationId)}` },
          UpdateExpression: 'SET expiresAt = :expiresAt ADD #count :one',
          ExpressionAttributeNames: { '#count': 'count' },
          ExpressionAttributeValues: { ':one': 1, ':expiresAt': expiresAt },
        },
      },
    ]);
  }

  async countOfPartner(partnerId: string, date: string): Promise<number> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: 'trait = :trait',
        ExpressionAttributeValues: { ':trait': partnerTrait(partnerId, date) },
      }),
    );
    return Items.reduce((sum, item) => sum + Counter.parse(item).count, 0);
  }
}

/** The guard of one application, which also says what it has shown. */
export function countedKeyOf(applicationId: string): { trait: string; seen: string } {
  return { trait: `counted#${applicationId}`, seen: 'partner' };
}

/** The item of one sighting. */
export function sightingKeyOf({ trait, seenAt, applicationId }: Omit<Sighting, 'borrower'>) {
  return { trait, seen: `${seenAt}#${applicationId}` };
}

function keyOf({ trait, seenAt, applicationId }: Sighting): string {
  return `${trait}\n${seenAt}\n${applicationId}`;
}

function itemOf(sighting: Sighting): Record<string, unknown> {
  return { ...sighting, ...sightingKeyOf(sighting), expiresAt: expiryOf(sighting.seenAt) };
}

function expiryOf(day: string): number {
  return Math.floor(Date.parse(day) / 1000) + KEPT_DAYS * DAY_SECONDS;
}

function partnerTrait(partnerId: string, date: string): string {
  return `partner#${partnerId}#${date}`;
}

/** The end of an id made by hashing is as good as random. */
function shardOf(applicationId: string): number {
  const last = applicationId.codePointAt(applicationId.length - 1) ?? 0;
  return last % SHARDS;
}
