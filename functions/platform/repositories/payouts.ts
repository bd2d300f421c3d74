import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Payout } from '#domain/disbursement/payout.ts';
import type { MoneyChange, MoneyStore } from '#domain/disbursement/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { applicationPut, guardRelease } from './applications.ts';
import { putConditionally, writeTogether, type TransactItem } from './conditional-write.ts';
import { writtenOnce } from './loan-files.ts';
import { versionedPut } from './versioned-put.ts';

export interface MoneyTables {
  readonly payouts: string;
  readonly loans: string;
  readonly applications: string;
}

/** Payouts in DynamoDB, and the transaction that moves money: every item of it is conditional. */
export class DynamoMoneyStore implements MoneyStore {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tables: MoneyTables;

  constructor(documents: DynamoDBDocumentClient, tables: MoneyTables) {
    this.#documents = documents;
    this.#tables = tables;
  }

  async findPayout(payoutRef: string): Promise<Payout | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tables.payouts, Key: { payoutRef }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : Payout.parse(Item);
  }

  async replacePayout(next: Payout): Promise<void> {
    const put = versionedPut(this.#tables.payouts, 'payoutRef', next);
    await putConditionally(this.#documents, put, `payout ${next.payoutRef}`);
  }

  async store(change: MoneyChange): Promise<void> {
    const failed = await writeTogether(this.#documents, this.#itemsOf(change));
    if (failed.length > 0)
      throw new ConcurrentChange(
        `payout, loan or application ${subjectOf(change)} changed since it was read`,
      );
  }

  #itemsOf(change: MoneyChange): TransactItem[] {
    const { payouts, loans, applications } = this.#tables;
    const { payout, loan, application, agreement, schedule } = change;
    const { entries = [], isReleasingBorrower } = change;
    const once = [agreement, schedule, ...entries].filter((record) => record !== undefined);
    return [
      ...(payout ? [{ Put: versionedPut(payouts, 'payoutRef', payout) }] : []),
      ...(loan ? [{ Put: versionedPut(loans, 'loanId', loan) }] : []),
      ...(application ? [{ Put: applicationPut(applications, application) }] : []),
      ...(application && isReleasingBorrower ? [guardRelease(applications, application)] : []),
      ...once.map((record) => ({ Put: writtenOnce(loans, record) })),
    ];
  }
}

function subjectOf({ payout, loan, application }: MoneyChange): string {
  return payout?.payoutRef ?? loan?.loanId ?? application?.applicationId ?? '';
}
