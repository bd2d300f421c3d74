import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PersonalDataRequest } from '#domain/privacy/personal-data-request.ts';
import type { PersonalDataRequests } from '#domain/privacy/ports.ts';
import { putConditionally } from './conditional-write.ts';
import { versionedPut } from './versioned-put.ts';

/** Requests about personal data in DynamoDB, by their id. */
export class DynamoPersonalDataRequests implements PersonalDataRequests {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find(requestId: string): Promise<PersonalDataRequest | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key: { requestId }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : PersonalDataRequest.parse(Item);
  }

  async replace(next: PersonalDataRequest): Promise<void> {
    const put = versionedPut(this.#tableName, 'requestId', next);
    await putConditionally(this.#documents, put, `request ${next.requestId}`);
  }
}
