import { ConcurrentChange } from '#domain/shared/errors.ts';

/** Versioned items by key, under the same condition as in DynamoDB. Values are copied both ways, as over a network. */
export class InMemoryItems<Item extends { readonly version: number }> {
  readonly #items = new Map<string, Item>();

  find(key: string): Item | undefined {
    const item = this.#items.get(key);
    return item === undefined ? undefined : structuredClone(item);
  }

  /** Whether a version may be stored now. */
  mayStore(key: string, item: Item): boolean {
    return (this.#items.get(key)?.version ?? 0) === item.version - 1;
  }

  store(key: string, item: Item): void {
    if (!this.mayStore(key, item)) throw new ConcurrentChange(`${key} changed since it was read`);
    this.#items.set(key, structuredClone(item));
  }

  all(): Item[] {
    return [...this.#items.values()].map((item) => structuredClone(item));
  }
}
