import type { Receipts } from '#domain/servicing/ports.ts';
import type { Receipt, SuspenseEntry } from '#domain/servicing/receipt.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { InMemoryItems } from './in-memory-items.ts';
import { pageOf } from './in-memory-pages.ts';

/** Receipts in memory, under the same conditions as in DynamoDB. */
export class InMemoryReceipts implements Receipts {
  readonly #items = new InMemoryItems<Receipt>();
  readonly #entries = new Map<string, SuspenseEntry>();

  find(receiptId: string): Promise<Receipt | undefined> {
    return Promise.resolve(this.#items.find(receiptId));
  }

  store(receipt: Receipt, entry?: SuspenseEntry): Promise<void> {
    return Promise.resolve().then(() => {
      this.put(receipt);
      if (entry) this.#entries.set(receipt.receiptId, entry);
    });
  }

  listSuspense(page: PageRequest): Promise<Page<Receipt>> {
    const waiting = this.all()
      .filter(({ queue }) => queue === 'Suspense')
      .toSorted((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
    return Promise.resolve(pageOf(waiting, page));
  }

  listMatching(matchKey: string): Promise<readonly Receipt[]> {
    return Promise.resolve(this.all().filter((receipt) => receipt.matchKey === matchKey));
  }

  mayStore(receipt: Receipt): boolean {
    return this.#items.mayStore(receipt.receiptId, receipt);
  }

  put(receipt: Receipt): void {
    this.#items.store(receipt.receiptId, receipt);
  }

  all(): Receipt[] {
    return this.#items.all();
  }

  entries(): SuspenseEntry[] {
    return [...this.#entries.values()];
  }
}
