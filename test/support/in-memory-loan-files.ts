import type { Loan } from '#domain/loans/loan.ts';
import type { LoanAgreement } from '#domain/servicing/loan-agreement.ts';
import type { LoanFile } from '#domain/servicing/loan-file.ts';
import type { LoanChange, LoanFiles, LoanRecord } from '#domain/servicing/ports.ts';
import { readLoanFile } from '#domain/servicing/read-loan-file.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';

/** What a loan's collection may be seeded with. */
export type SeedRecord = Loan | LoanAgreement | LoanRecord;

/** Loan collections in memory, under the same conditions as in DynamoDB. */
export class InMemoryLoanFiles implements LoanFiles {
  readonly #items = new Map<string, Map<string, SeedRecord>>();

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

  store({ loan, once = [] }: LoanChange): Promise<void> {
    return Promise.resolve().then(() => {
      const collection = this.#collection(loan.loanId);
      const stored = collection.get('loan');
      const version = stored !== undefined && 'version' in stored ? stored.version : 0;
      if (version !== loan.version - 1 || once.some(({ record }) => collection.has(record)))
        throw new ConcurrentChange(`loan ${loan.loanId} changed since it was read`);
      for (const record of [loan, ...once]) collection.set(record.record, structuredClone(record));
    });
  }

  #collection(loanId: string): Map<string, SeedRecord> {
    const collection = this.#items.get(loanId) ?? new Map<string, SeedRecord>();
    this.#items.set(loanId, collection);
    return collection;
  }
}
