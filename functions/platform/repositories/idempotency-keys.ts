import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { RememberedRequest } from '#domain/applications/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { putConditionally, type ConditionalPut } from './conditional-write.ts';

const Remembered = z.object({ bodyHash: z.string(), answer: z.string() });
export type Remembered = z.infer<typeof Remembered>;

/** Requests that were answered, by caller and key. No request that moves money relies on this: those keys expire. */
export interface IdempotencyKeys {
  find(callerKey: string): Promise<Remembered | undefined>;
  /** Keeps the first answer under a key; a later one is not kept, and the first is returned. */
  remember(request: RememberedRequest): Promise<Remembered>;
}

export class DynamoIdempotencyKeys implements IdempotencyKeys {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find(callerKey: string): Promise<Remembered | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key: { callerKey }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : Remembered.parse(Item);
  }

  async remember(request: RememberedRequest): Promise<Remembered> {
    try {
      await putConditionally(this.#documents, this.putOf(request), 'the idempotency key');
      return request;
    } catch (error) {
      if (!(error instanceof ConcurrentChange)) throw error;
      const first = await this.find(request.callerKey);
      if (first === undefined) throw error;
      return first;
    }
  }

  /** The put of one request, for the transaction it belongs to. */
  putOf(request: RememberedRequest): ConditionalPut {
    return {
      TableName: this.#tableName,
      Item: { ...request },
      ConditionExpression: 'attribute_not_exists(callerKey)',
    };
  }
}
