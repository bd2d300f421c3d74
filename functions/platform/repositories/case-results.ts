import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CaseResult, resultMetric } from '#domain/collections/case-result.ts';
import type { CaseResults } from '#domain/collections/ports.ts';
import { addDays } from '#domain/shared/calendar.ts';
import { queryPage } from './queries.ts';

/** A report reads so many rows; a longer range is asked for in parts. */
const RESULTS_MAX = 20_000;

/** Results of ended cases in the Metrics table. */
export class DynamoCaseResults implements CaseResults {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async keep(result: CaseResult): Promise<void> {
    await this.#documents.send(new PutCommand({ TableName: this.#tableName, Item: { ...result } }));
  }

  async list({
    from,
    to,
  }: {
    readonly from: string;
    readonly to: string;
  }): Promise<readonly CaseResult[]> {
    const { items } = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'metric = :metric AND dateDimension BETWEEN :from AND :to',
        // Every row of a day begins with its date; the day after the last is the first not to be read.
        ExpressionAttributeValues: {
          ':metric': resultMetric,
          ':from': from,
          ':to': addDays(to, 1),
        },
        ScanIndexForward: true,
      },
      { limit: RESULTS_MAX, schema: CaseResult },
    );
    return items;
  }
}
