import type { Collateral } from '#domain/collateral/collateral.ts';
import type { Collaterals } from '#domain/collateral/ports.ts';
import { InMemoryItems } from './in-memory-items.ts';

export class InMemoryCollaterals implements Collaterals {
  readonly #items = new InMemoryItems<Collateral>();

  list(applicationId: string): Promise<readonly Collateral[]> {
    const items = this.#items.all().filter((record) => record.applicationId === applicationId);
    return Promise.resolve(items.sort((a, b) => (a.collateralId < b.collateralId ? -1 : 1)));
  }

  replace(next: Collateral): Promise<void> {
    return Promise.resolve().then(() => {
      this.#items.store(next.collateralId, next);
    });
  }
}
