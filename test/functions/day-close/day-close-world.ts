import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { runCloseShard, type CloseShardDependencies } from '#functions/day-close/close-shard.ts';
import { runEndBusinessDay } from '#functions/day-close/end-business-day.ts';
import { runOpenBusinessDay } from '#functions/day-close/open-business-day.ts';
import { dueShardOf } from '#domain/disbursement/activate-loan.ts';
import type { Loan } from '#domain/loans/loan.ts';
import { DynamoBusinessDays } from '#platform/repositories/business-days.ts';
import { DynamoDueLoans } from '#platform/repositories/due-loans.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoParkedLoans } from '#platform/repositories/parked-loans.ts';
import type { TestDatabase } from '#test/support/dynamodb-local.ts';
import { inMemoryCatalog } from '#test/support/in-memory-catalog.ts';
import { anActivatedLoan, type LoanWish } from '../../domain/servicing/loan-builders.ts';

/** The day close over DynamoDB Local, without the machine around it. */
export class DayCloseWorld {
  readonly files: DynamoLoanFiles;
  readonly parkedLoans: DynamoParkedLoans;
  readonly dueLoans: DynamoDueLoans;
  readonly businessDays: DynamoBusinessDays;
  readonly #database: TestDatabase;

  constructor(database: TestDatabase) {
    const { documents } = database;
    this.#database = database;
    this.files = new DynamoLoanFiles(documents, 'Loans');
    this.parkedLoans = new DynamoParkedLoans(documents, 'Loans');
    this.dueLoans = new DynamoDueLoans(documents, 'Loans');
    this.businessDays = new DynamoBusinessDays(documents, 'Metrics');
  }

  dependencies(businessDate: string): CloseShardDependencies {
    return {
      dueLoans: this.dueLoans,
      files: this.files,
      parkedLoans: this.parkedLoans,
      catalog: inMemoryCatalog(),
      collectDebit: () => Promise.resolve(),
      now: () => new Date(`${businessDate}T00:05:00.000+08:00`),
      workMs: 40_000,
      elapsedMs: () => performance.now(),
    };
  }

  /** A loan as its payout left it, stored. */
  async pays(wish: LoanWish = {}): Promise<Loan> {
    const { loan, agreement, schedule, entry } = anActivatedLoan(wish);
    for (const Item of [agreement, schedule, entry, loan])
      await this.#database.documents.send(new PutCommand({ TableName: 'Loans', Item }));
    return loan;
  }

  /** Makes a loan unreadable: a word where a number belongs. */
  async poison(loanId: string): Promise<void> {
    await this.#set(loanId, 'many');
  }

  async heal(loanId: string): Promise<void> {
    await this.#set(loanId, 12);
  }

  async #set(loanId: string, termMonths: unknown): Promise<void> {
    await this.#database.documents.send(
      new UpdateCommand({
        TableName: 'Loans',
        Key: { loanId, record: 'loan' },
        UpdateExpression: 'SET termMonths = :termMonths',
        ExpressionAttributeValues: { ':termMonths': termMonths },
      }),
    );
  }

  closeShard(businessDate: string, shard: string, overrides: Partial<CloseShardDependencies> = {}) {
    return runCloseShard(
      { businessDate, shard },
      { ...this.dependencies(businessDate), ...overrides },
    );
  }

  closeShardOf(loanId: string, businessDate: string) {
    return this.closeShard(businessDate, dueShardOf(loanId));
  }

  /** The whole date, as the machine does it. */
  async closeDate(businessDate: string) {
    const dependencies = {
      businessDays: this.businessDays,
      dueLoans: this.dueLoans,
      now: () => new Date(`${businessDate}T00:05:00.000+08:00`),
    };
    const { shards } = await runOpenBusinessDay({ businessDate }, dependencies);
    const reports = await Promise.all(shards.map((shard) => this.closeShard(businessDate, shard)));
    return runEndBusinessDay({ businessDate, shards: [...shards], reports }, dependencies);
  }

  async loan(loanId: string): Promise<Loan> {
    const file = await this.files.find(loanId);
    if (file === undefined) throw new Error(`no loan ${loanId}`);
    return file.loan;
  }
}
