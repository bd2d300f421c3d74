import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Collateral } from '#domain/collateral/collateral.ts';
import type { Collaterals } from '#domain/collateral/ports.ts';
import { putConditionally } from './conditional-write.ts';
import { queryPage } from './queries.ts';
import { versionedPut } from './versioned-put.ts';

/** A request names five pledges at most. */
const PER_APPLICATION_MAX = 10;

/** Collateral in DynamoDB, by application. */
export class DynamoCollaterals implements Collaterals {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async list(applicationId: string): Promise<readonly Collateral[]> {
    const { items } = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'applicationId = :applicationId',
        ExpressionAttributeValues: { ':applicationId': applicationId },
        ScanIndexForward: true,
        ConsistentRead: true,
      },
      { limit: PER_APPLICATION_MAX, schema: Collateral },
    );
    return items;
  }

  async replace(next: Collateral): Promise<void> {
    const put = versionedPut(this.#tableName, 'collateralId', next);
    await putConditionally(this.#documents, put, `collateral ${next.collateralId}`);
  }
}
