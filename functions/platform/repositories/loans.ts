import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { JournalEntry, Loan, LoanSchedule } from '#domain/loans/loan.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { queryPage } from './queries.ts';

const ENTRIES_MAX = 1_000;

/** Loans in DynamoDB: one item collection per loan. */
export class DynamoLoans implements Loans {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find(loanId: string): Promise<Loan | undefined> {
    const item = await this.#record(loanId, 'loan');
    return item === undefined ? undefined : Loan.parse(item);
  }

  async findSchedule(loanId: string, scheduleVersion: number): Promise<LoanSchedule | undefined> {
    const item = await this.#record(loanId, scheduleRecordOf(scheduleVersion));
    return item === undefined ? undefined : LoanSchedule.parse(item);
  }

  async listEntries(loanId: string): Promise<readonly JournalEntry[]> {
    const { items } = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'loanId = :loanId AND begins_with(#record, :entry)',
        ExpressionAttributeNames: { '#record': 'record' },
        ExpressionAttributeValues: { ':loanId': loanId, ':entry': 'entry#' },
        ScanIndexForward: true,
        ConsistentRead: true,
      },
      { limit: ENTRIES_MAX, schema: JournalEntry },
    );
    return items;
  }

  async #record(loanId: string, record: string): Promise<unknown> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key: { loanId, record }, ConsistentRead: true }),
    );
    return Item;
  }
}

/** The record name of one version of a schedule: four digits, so that versions sort. */
export function scheduleRecordOf(scheduleVersion: number): string {
  return `schedule#${String(scheduleVersion).padStart(4, '0')}`;
}
