import { askCompensation } from '#domain/servicing/compensation.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import { existing } from './existing.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** Where the guarantor of loans is claimed from. */
export interface Compensations {
  request(given: {
    readonly loanIds: readonly string[];
    readonly taskId: string;
    readonly approvedBy: readonly string[];
  }): Promise<void>;
}

/** Puts the claims on record in servicing, as approved in a task; whoever follows the loan's events asks the guarantor. */
export class ServicedCompensations implements Compensations {
  readonly #loans: LoanFiles;
  readonly #now: () => Date;

  constructor(loans: LoanFiles, now: () => Date) {
    this.#loans = loans;
    this.#now = now;
  }

  async request({ loanIds, taskId, approvedBy }: Parameters<Compensations['request']>[0]) {
    for (const loanId of loanIds)
      await retryOnConflict(async () => {
        const file = existing(await this.#loans.find(loanId), `loan ${loanId}`);
        // Of the loans of a case only some are guaranteed, and some may have ended meanwhile.
        if (file.agreement.guarantor === undefined || file.loan.status !== 'Active') return;
        const order = { request: taskId, approvedBy };
        const next = askCompensation(file, order, this.#now().toISOString());
        if (next !== undefined) await this.#loans.store({ loan: next });
      });
  }
}
