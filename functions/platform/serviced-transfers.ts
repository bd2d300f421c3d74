import { Funder } from '#domain/catalog/funder.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import { isHandedOn } from '#domain/servicing/claim-holders.ts';
import { transferClaim } from '#domain/servicing/transfer-claim.ts';
import { existing } from './existing.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** Where claims are handed to a buyer. */
export interface Transfers {
  /** NoBuyer: the lender names none, and nothing was done. */
  request(given: {
    readonly lenderId: string;
    readonly loanIds: readonly string[];
    readonly taskId: string;
    readonly approvedBy: readonly string[];
  }): Promise<'Transferred' | 'NoBuyer'>;
}

/** Hands loans on in servicing, as approved in a task, to the buyer the lender's catalog entry names. */
export class ServicedTransfers implements Transfers {
  readonly #ports: { readonly loans: LoanFiles; readonly catalog: Catalog; now: () => Date };

  constructor(ports: { readonly loans: LoanFiles; readonly catalog: Catalog; now: () => Date }) {
    this.#ports = ports;
  }

  async request(given: Parameters<Transfers['request']>[0]): ReturnType<Transfers['request']> {
    const { catalog, loans, now } = this.#ports;
    const { lenderId, loanIds, taskId: request, approvedBy } = given;
    const lender = await catalog.find({ kind: 'funder', id: lenderId }, Funder);
    const buyer = lender?.collection?.claimBuyer;
    if (buyer === undefined) return 'NoBuyer';
    for (const loanId of loanIds)
      await retryOnConflict(async () => {
        const file = existing(await loans.find(loanId), `loan ${loanId}`);
        // Paid off, or handed on before: there is nothing left to do.
        if (file.loan.status !== 'Active' || isHandedOn(file.loan)) return;
        const order = { buyer, request, approvedBy };
        await loans.store(transferClaim(file, order, now().toISOString()));
      });
    return 'Transferred';
  }
}
