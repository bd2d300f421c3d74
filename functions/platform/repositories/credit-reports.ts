import { PutCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { CreditReports, KeptCreditReport } from '#domain/applications/credit-report-ports.ts';
import { Instant } from '#domain/shared/primitives.ts';

const Kept = z.object({
  borrowerKey: z.string(),
  obtainedAt: Instant,
  reportId: z.string(),
  consentId: z.string(),
  applicationId: z.string(),
  score: z.int().optional(),
  openLoans: z.int(),
  outstandingFen: z.int(),
  overdueCount24Months: z.int(),
  currentOverdueFen: z.int(),
  queries3Months: z.int(),
});

/** Bureau reports in DynamoDB, by borrower and time. */
export class DynamoCreditReports implements CreditReports {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async findLatest(borrowerKey: string): Promise<KeptCreditReport | undefined> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: 'borrowerKey = :borrowerKey',
        ExpressionAttributeValues: { ':borrowerKey': borrowerKey },
        ScanIndexForward: false,
        Limit: 1,
        ConsistentRead: true,
      }),
    );
    const [newest] = Items;
    if (newest === undefined) return undefined;
    const { score, ...report } = Kept.parse(newest);
    return { ...report, score };
  }

  async save(report: KeptCreditReport): Promise<void> {
    await this.#documents.send(new PutCommand({ TableName: this.#tableName, Item: { ...report } }));
  }
}
