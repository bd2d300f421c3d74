import type { Collateral } from './collateral.ts';

/** Where collateral is kept. Every write throws `ConcurrentChange` when the version read is no longer the stored one. */
export interface Collaterals {
  /** Everything pledged for one application; read consistently. */
  list(applicationId: string): Promise<readonly Collateral[]>;
  replace(next: Collateral): Promise<void>;
}
