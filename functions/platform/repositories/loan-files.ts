import { setTimeout as sleep } from 'node:timers/promises';
import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { readLoanFile } from '#domain/servicing/read-loan-file.ts';
import type { BankOrder } from '#domain/servicing/bank-order.ts';
import type { LoanFile } from '#domain/servicing/loan-file.ts';
import type { LoanChange, LoanFiles } from '#domain/servicing/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import {
  putConditionally,
  writeTogether,
  type ConditionalPut,
  type TransactItem,
} from './conditional-write.ts';
import { versionedPut } from './versioned-put.ts';

const Item = z.looseObject({ record: z.string() });
type Item = z.infer<typeof Item>;

/** Readings that met a write halfway, over a second and more: a loan that is written without end is a fault. */
const READINGS_MAX = 8;

/** Disbursed loans in DynamoDB: one item collection per loan, read by one strongly consistent query. */
export class DynamoLoanFiles implements LoanFiles {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #receiptsTable: string | undefined;

  /** `receiptsTable` is needed only where a change comes with the receipt it is about. */
  constructor(documents: DynamoDBDocumentClient, tableName: string, receiptsTable?: string) {
    this.#documents = documents;
    this.#tableName = tableName;
    this.#receiptsTable = receiptsTable;
  }

  async find(loanId: string): Promise<LoanFile | undefined> {
    for (let reading = 1; ; reading += 1) {
      const file = readLoanFile(await this.#collection(loanId));
      // A query is no transaction: it may have passed some records before a change wrote them, and read the loan after it.
      if (file !== 'Torn') return file;
      if (reading >= READINGS_MAX)
        throw new ConcurrentChange(`loan ${loanId} was written while it was read`);
      await sleep(Math.random() * 10 * 2 ** reading);
    }
  }

  async store(change: LoanChange): Promise<void> {
    const { loan, once = [], order, receipt } = change;
    const receipts = this.#receiptsTable ?? '';
    const put = versionedPut(this.#tableName, 'loanId', loan);
    // A change of the loan alone is one item, and one conditional write: a transaction of one costs twice as much.
    if (once.length === 0 && receipt === undefined && order === undefined)
      return putConditionally(this.#documents, put, `loan ${loan.loanId}`);
    const failed = await writeTogether(this.#documents, [
      { Put: put },
      ...once.map((record): TransactItem => ({ Put: writtenOnce(this.#tableName, record) })),
      ...(order ? [{ Put: versionedPut(this.#tableName, 'loanId', order) }] : []),
      ...(receipt ? [{ Put: versionedPut(receipts, 'receiptId', receipt) }] : []),
    ]);
    if (failed.length > 0)
      throw new ConcurrentChange(`loan ${loan.loanId} changed since it was read`);
  }

  async storeOrder(order: BankOrder): Promise<void> {
    const put = versionedPut(this.#tableName, 'loanId', order);
    await putConditionally(this.#documents, put, `order ${order.reference}`);
  }

  async #collection(loanId: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    let after: Record<string, unknown> | undefined;
    do {
      const answer = await this.#documents.send(
        new QueryCommand({
          TableName: this.#tableName,
          KeyConditionExpression: 'loanId = :loanId',
          ExpressionAttributeValues: { ':loanId': loanId },
          ConsistentRead: true,
          ExclusiveStartKey: after,
        }),
      );
      items.push(...(answer.Items ?? []).map((item) => Item.parse(item)));
      after = answer.LastEvaluatedKey;
    } while (after !== undefined);
    return items;
  }
}

/** The put of a record of a loan's collection that must not be there yet. */
export function writtenOnce(
  tableName: string,
  record: Readonly<Record<string, unknown>>,
): ConditionalPut {
  return {
    TableName: tableName,
    Item: record,
    ConditionExpression: 'attribute_not_exists(loanId)',
  };
}
