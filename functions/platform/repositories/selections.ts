import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Selection } from '#domain/campaigns/selection.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { putConditionally } from './conditional-write.ts';
import { versionedPut } from './versioned-put.ts';

/** What campaigns were given, for audit: written once, never changed. */
export class DynamoSelections {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  /** A repeat of the request finds its record there and leaves it. */
  async keep(selection: Selection): Promise<void> {
    try {
      const put = versionedPut(this.#tableName, 'selectionId', selection);
      await putConditionally(this.#documents, put, `selection ${selection.selectionId}`);
    } catch (error) {
      if (!(error instanceof ConcurrentChange)) throw error;
    }
  }
}
