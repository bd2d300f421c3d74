import { GetCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BusinessDay } from '#domain/servicing/business-day.ts';
import type { BusinessDays } from '#domain/servicing/day-close-ports.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { putConditionally } from './conditional-write.ts';
import { queryPage } from './queries.ts';
import { versionedPut } from './versioned-put.ts';

const METRIC = 'business-day';
/** Runs that ended incomplete between two that were whole: more than a month of them is not looked through. */
const LOOKED_AT_MAX = 40;

/** The runs of the day close in DynamoDB: items of the Metrics table, in the order of their dates. */
export class DynamoBusinessDays implements BusinessDays {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find(businessDate: string): Promise<BusinessDay | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({
        TableName: this.#tableName,
        Key: { metric: METRIC, dateDimension: businessDate },
        ConsistentRead: true,
      }),
    );
    return Item === undefined ? undefined : BusinessDay.parse(Item);
  }

  async lastClosedBefore(businessDate: string): Promise<BusinessDay | undefined> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: 'metric = :metric AND dateDimension < :businessDate',
        ExpressionAttributeValues: { ':metric': METRIC, ':businessDate': businessDate },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: LOOKED_AT_MAX,
      }),
    );
    return Items.map((item) => BusinessDay.parse(item)).find(({ status }) => status === 'Closed');
  }

  list(page: PageRequest): Promise<Page<BusinessDay>> {
    return queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'metric = :metric',
        ExpressionAttributeValues: { ':metric': METRIC },
        ScanIndexForward: false,
      },
      { ...page, schema: BusinessDay },
    );
  }

  async store(next: BusinessDay): Promise<void> {
    const item = { metric: METRIC, dateDimension: next.businessDate, ...next };
    const put = versionedPut(this.#tableName, 'metric', item);
    await putConditionally(this.#documents, put, `business day ${next.businessDate}`);
  }
}
