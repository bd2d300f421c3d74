import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ErasedApplication } from '#domain/privacy/erase-application.ts';
import type { Loan } from '#domain/loans/loan.ts';
import { Erasure, type Retention } from '#domain/privacy/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { Page, PageKey, PageRequest } from '#domain/shared/page.ts';
import { writeTogether } from './conditional-write.ts';
import { queryPage } from './queries.ts';
import { versionedPut } from './versioned-put.ts';

const Key = z.object({ applicationId: z.string() });
const PAGE = 100;
const YEAR_DIGITS = 4;

export interface RetentionTables {
  readonly applications: string;
  readonly erasures: string;
  /** Only where something is erased. */
  readonly loans?: string;
}

/** Applications by how long they are kept, from indexes of their table; the register of erasures by year. */
export class DynamoRetention implements Retention {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tables: RetentionTables;

  constructor(documents: DynamoDBDocumentClient, tables: RetentionTables) {
    this.#documents = documents;
    this.#tables = tables;
  }

  async listOfBorrower(borrowerKey: string): Promise<readonly string[]> {
    const found: string[] = [];
    let after: PageKey | undefined;
    do {
      const page = await queryPage(
        this.#documents,
        {
          TableName: this.#tables.applications,
          IndexName: 'ByBorrower',
          KeyConditionExpression: 'borrowerKey = :borrowerKey',
          ExpressionAttributeValues: { ':borrowerKey': borrowerKey },
          ScanIndexForward: true,
        },
        { limit: PAGE, after, schema: Key },
      );
      found.push(...page.items.map(({ applicationId }) => applicationId));
      after = page.next;
    } while (after !== undefined);
    return found;
  }

  listDue(
    { queue, until }: { readonly queue: string; readonly until: string },
    page: PageRequest,
  ): Promise<Page<{ readonly applicationId: string }>> {
    return queryPage(
      this.#documents,
      {
        TableName: this.#tables.applications,
        IndexName: 'Retention',
        KeyConditionExpression: 'retentionQueue = :queue AND retentionOn <= :until',
        ExpressionAttributeValues: { ':queue': queue, ':until': until },
        ScanIndexForward: true,
      },
      { ...page, schema: Key },
    );
  }

  async erase(erased: ErasedApplication, loan?: Loan): Promise<void> {
    const { applicationId, loanId, erasedAt, because } = erased;
    const failed = await writeTogether(this.#documents, [
      { Put: versionedPut(this.#tables.applications, 'applicationId', erased) },
      {
        Put: {
          TableName: this.#tables.erasures,
          Item: {
            year: erasedAt.slice(0, YEAR_DIGITS),
            erasure: `${erasedAt}#${applicationId}`,
            applicationId,
            loanId,
            erasedAt,
            because,
          },
        },
      },
      ...(loan === undefined
        ? []
        : [{ Put: versionedPut(this.#tables.loans ?? '', 'record', loan) }]),
    ]);
    if (failed.length > 0)
      throw new ConcurrentChange(`application ${applicationId} changed since it was read`);
  }

  listErasures(year: string, page: PageRequest): Promise<Page<Erasure>> {
    return queryPage(
      this.#documents,
      {
        TableName: this.#tables.erasures,
        KeyConditionExpression: '#year = :year',
        ExpressionAttributeNames: { '#year': 'year' },
        ExpressionAttributeValues: { ':year': year },
        ScanIndexForward: true,
        ConsistentRead: true,
      },
      { ...page, schema: Erasure },
    );
  }
}
