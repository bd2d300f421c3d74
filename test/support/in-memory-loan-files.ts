import type { Loan } from '#domain/loans/loan.ts';
import type { LoanAgreement } from '#domain/servicing/loan-agreement.ts';
import type { BankOrder } from '#domain/servicing/bank-order.ts';
import type { LoanFile } from '#domain/servicing/loan-file.ts';
import type { LoanChange, LoanFiles, LoanRecord } from '#domain/servicing/ports.ts';
import { readLoanFile } from '#domain/servicing/read-loan-file.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';

import type { InMemoryReceipts } from './in-memory-receipts.ts';

/** What a loan's collection may be seeded with. */
export type SeedRecord = Loan | LoanAgreement | LoanRecord | BankOrder;

/** Loan collections in memory, under the same conditions as in DynamoDB. */
export class InMemoryLoanFiles implements LoanFiles {
  readonly #items = new Map<string, Map<string, SeedRecord>>();

  readonly #receipts: InMemoryReceipts | undefined;

  constructor(receipts?: InMemoryReceipts) {
    this.#receipts = receipts;
  }

  /** Stores a loan as its payout left it. */
  seed(...records: readonly SeedRecord[]): void {
    for (const record of records) this.#collection(record.loanId).set(record.record, record);
  }

  find(loanId: string): Promise<LoanFile | undefined> {
    return Promise.resolve().then(() => {
      const items = [...this.#collection(loanId).values()].toSorted((a, b) =>
        a.record < b.record ? -1 : 1,
      );
      const file = readLoanFile(structuredClone(items));
      if (file === 'Torn') throw new Error(`the collection of ${loanId} was seeded incompletely`);
      return file;
    });
  }

  store({ loan, once = [], order, receipt }: LoanChange): Promise<void> {
    return Promise.resolve().then(() => {
      const collection = this.#collection(loan.loanId);
      if (
        !isNext(collection, loan) ||
        (order && !isNext(collection, order)) ||
        once.some(({ record }) => collection.has(record)) ||
        (receipt && !this.#receipts?.mayStore(receipt))
      )
        throw new ConcurrentChange(`loan ${loan.loanId} changed since it was read`);
      if (receipt) this.#receipts?.put(receipt);
      for (const record of [loan, ...(order ? [order] : []), ...once])
        collection.set(record.record, structuredClone(record));
    });
  }

  storeOrder(order: BankOrder): Promise<void> {
    return Promise.resolve().then(() => {
      const collection = this.#collection(order.loanId);
      if (!isNext(collection, order))
        throw new ConcurrentChange(`order ${order.reference} changed since it was read`);
      collection.set(order.record, structuredClone(order));
    });
  }

  #collection(loanId: string): Map<string, SeedRecord> {
    const collection = this.#items.get(loanId) ?? new Map<string, SeedRecord>();
    this.#items.set(loanId, collection);
    return collection;
  }
}

function isNext(
  collection: ReadonlyMap<string, SeedRecord>,
  { record, version }: { readonly record: string; readonly version: number },
): boolean {
  const stored = collection.get(record);
  return (stored !== undefined && 'version' in stored ? stored.version : 0) === version - 1;
}
