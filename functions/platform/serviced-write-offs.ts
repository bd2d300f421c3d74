import type { LoanFiles } from '#domain/servicing/ports.ts';
import { writeOffLoan } from '#domain/servicing/write-off-loan.ts';
import { existing } from './existing.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** Gives loans up through servicing, as approved in a task by two people. A loan that was given up before stays so. */
export class ServicedWriteOffs {
  readonly #loans: LoanFiles;
  readonly #now: () => Date;

  constructor(loans: LoanFiles, now: () => Date) {
    this.#loans = loans;
    this.#now = now;
  }

  async request(given: {
    readonly loanIds: readonly string[];
    readonly taskId: string;
    readonly approvedBy: readonly string[];
  }): Promise<void> {
    for (const loanId of given.loanIds)
      await retryOnConflict(() => this.#writeOff(loanId, given.taskId, given.approvedBy));
  }

  async #writeOff(loanId: string, taskId: string, approvedBy: readonly string[]): Promise<void> {
    const file = existing(await this.#loans.find(loanId), `loan ${loanId}`);
    if (file.loan.status !== 'Active') return;
    const [requestedBy = '', approver = ''] = approvedBy;
    await this.#loans.store(
      writeOffLoan(
        file,
        { reason: `approved in ${taskId}`, requestedBy, approvedBy: approver },
        this.#now().toISOString(),
      ),
    );
  }
}
