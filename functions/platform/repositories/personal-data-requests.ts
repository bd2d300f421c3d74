import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PersonalDataRequest } from '#domain/privacy/personal-data-request.ts';
import type { Application } from '#domain/applications/application.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { PersonalDataRequests } from '#domain/privacy/ports.ts';
import { applicationPut } from './applications.ts';
import { putConditionally, writeTogether } from './conditional-write.ts';
import { versionedPut } from './versioned-put.ts';

/** Requests about personal data in DynamoDB, by their id. */
export class DynamoPersonalDataRequests implements PersonalDataRequests {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  readonly #applicationsTable: string;

  /** `applicationsTable` is needed only where an application changes with a request. */
  constructor(documents: DynamoDBDocumentClient, tableName: string, applicationsTable = '') {
    this.#documents = documents;
    this.#tableName = tableName;
    this.#applicationsTable = applicationsTable;
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

  async replaceWith(next: PersonalDataRequest, application: Application): Promise<void> {
    const failed = await writeTogether(this.#documents, [
      { Put: versionedPut(this.#tableName, 'requestId', next) },
      { Put: applicationPut(this.#applicationsTable, application) },
    ]);
    if (failed.length > 0)
      throw new ConcurrentChange(`request ${next.requestId} or its application changed`);
  }
}
