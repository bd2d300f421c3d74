import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { KeyRotation } from '#domain/privacy/key-rotation.ts';
import { putConditionally } from './conditional-write.ts';
import { versionedPut } from './versioned-put.ts';

/** How far a sweep has come: everything before it is done. */
export const SweepProgress = z.object({
  version: z.int().min(0),
  partnerId: z.string().optional(),
  after: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  applications: z.int().min(0),
});
export type SweepProgress = z.infer<typeof SweepProgress>;

const fromTheStart: SweepProgress = { version: 0, applications: 0 };

/** Rotations in DynamoDB; the progress of each lies beside it without an event, so that no page of it is published. */
export class DynamoKeyRotations {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find(rotationId: string): Promise<KeyRotation | undefined> {
    const item = await this.#item(rotationId);
    return item === undefined ? undefined : KeyRotation.parse(item);
  }

  /** Throws ConcurrentChange when the version read is no longer the stored one. */
  async replace(next: KeyRotation): Promise<void> {
    const put = versionedPut(this.#tableName, 'rotationId', next);
    await putConditionally(this.#documents, put, `rotation ${next.rotationId}`);
  }

  async progressOf(rotationId: string): Promise<SweepProgress> {
    const item = await this.#item(progressIdOf(rotationId));
    return item === undefined ? fromTheStart : SweepProgress.parse(item);
  }

  /** Throws ConcurrentChange when another sweep has come further meanwhile. */
  async advance(rotationId: string, progress: SweepProgress): Promise<void> {
    const item = { rotationId: progressIdOf(rotationId), ...progress };
    const put = versionedPut(this.#tableName, 'rotationId', item);
    await putConditionally(this.#documents, put, `the sweep of ${rotationId}`);
  }

  async #item(rotationId: string): Promise<unknown> {
    const { Item } = await this.#documents.send(
      new GetCommand({
        TableName: this.#tableName,
        Key: { rotationId },
        ConsistentRead: true,
      }),
    );
    return Item;
  }
}

function progressIdOf(rotationId: string): string {
  return `${rotationId}#progress`;
}
