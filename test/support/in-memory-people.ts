import type { BlindIndex, IndexedName, NamedPerson, People } from '#domain/applications/people.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';

interface Kept {
  readonly borrowerKey: string;
  readonly keyId: string;
  readonly applicationIds: Set<string>;
}

/** Names in memory; what it answers is what DynamoDB answers. */
export class InMemoryPeople implements People {
  readonly #kept = new Map<string, Kept>();
  readonly #applicants: ReadonlySet<string>;

  constructor(applicants: Iterable<string> = []) {
    this.#applicants = new Set(applicants);
  }

  find(indexes: readonly BlindIndex[]): Promise<string | undefined> {
    const [name] = indexes.flatMap(({ value }) => this.#kept.get(value)?.borrowerKey ?? []);
    return Promise.resolve(name);
  }

  hasApplied(borrowerKey: string): Promise<boolean> {
    return Promise.resolve(this.#applicants.has(borrowerKey));
  }

  keep({ borrowerKey, indexes }: NamedPerson, applicationId: string): Promise<void> {
    const isTaken = ({ value }: BlindIndex): boolean =>
      (this.#kept.get(value)?.borrowerKey ?? borrowerKey) !== borrowerKey;
    if (indexes.some(isTaken)) return Promise.reject(new ConcurrentChange('another name'));
    for (const { keyId, value } of indexes) {
      const kept = this.#kept.get(value) ?? { borrowerKey, keyId, applicationIds: new Set() };
      kept.applicationIds.add(applicationId);
      this.#kept.set(value, kept);
    }
    return Promise.resolve();
  }

  forget(
    borrowerKey: string,
    { by, nowBy }: { readonly by: string; readonly nowBy?: string | undefined },
  ): Promise<void> {
    for (const kept of this.#kept.values()) {
      if (kept.borrowerKey !== borrowerKey) continue;
      if (nowBy !== undefined) kept.applicationIds.add(nowBy);
      kept.applicationIds.delete(by);
    }
    return Promise.resolve();
  }

  letGo(borrowerKey: string): Promise<void> {
    for (const [blindIndex, kept] of this.#kept)
      if (kept.borrowerKey === borrowerKey && kept.applicationIds.size === 0)
        this.#kept.delete(blindIndex);
    return Promise.resolve();
  }

  listOfKey(keyId: string): Promise<{ items: readonly IndexedName[] }> {
    const items = [...this.#kept]
      .filter(([, kept]) => kept.keyId === keyId)
      .map(([blindIndex, { borrowerKey }]) => ({ blindIndex, borrowerKey }))
      .toSorted((a, b) => (a.blindIndex < b.blindIndex ? -1 : 1));
    return Promise.resolve({ items });
  }

  isUnder(keyId: string, borrowerKey: string): Promise<boolean> {
    return Promise.resolve(
      [...this.#kept.values()].some(
        (kept) => kept.keyId === keyId && kept.borrowerKey === borrowerKey,
      ),
    );
  }

  remove(blindIndex: string): Promise<void> {
    this.#kept.delete(blindIndex);
    return Promise.resolve();
  }
}
