import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { queryPage } from './queries.ts';

const Sent = z.object({ applicationId: z.string(), submittedAt: z.string() });
const Borrowed = z.object({ loanId: z.string() });

/** The newest of each: a portrait says what somebody is like, not everything they ever did. */
const APPLICATIONS_MAX = 100;
const LOANS_MAX = 50;

/** What one borrower has sent and borrowed, found by their blind index. */
export class DynamoBorrowerHistory {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tables: { readonly applications: string; readonly loans: string };

  constructor(
    documents: DynamoDBDocumentClient,
    tables: { readonly applications: string; readonly loans: string },
  ) {
    this.#documents = documents;
    this.#tables = tables;
  }

  /** Which applications and when; how they stand is read from each, so that a change of status need not write the index. */
  async applicationsOf(borrowerKey: string): Promise<readonly z.infer<typeof Sent>[]> {
    const query = byBorrower(this.#tables.applications, borrowerKey);
    const { items } = await queryPage(this.#documents, query, {
      limit: APPLICATIONS_MAX,
      schema: Sent,
    });
    return items;
  }

  async loanIdsOf(borrowerKey: string): Promise<readonly string[]> {
    const query = byBorrower(this.#tables.loans, borrowerKey);
    const { items } = await queryPage(this.#documents, query, {
      limit: LOANS_MAX,
      schema: Borrowed,
    });
    return items.map(({ loanId }) => loanId);
  }
}

function byBorrower(tableName: string, borrowerKey: string) {
  return {
    TableName: tableName,
    IndexName: 'ByBorrower',
    KeyConditionExpression: 'borrowerKey = :borrowerKey',
    ExpressionAttributeValues: { ':borrowerKey': borrowerKey },
    ScanIndexForward: false,
  };
}
