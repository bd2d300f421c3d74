import { changeLoan } from '#domain/servicing/change-loan.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
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
    const at = this.#now().toISOString();
    const valueDate = businessDateOf(Date.parse(at));
    const id = `write-off-${taskId}`;
    const writtenOffFen = file.loan.outstandingPrincipalFen;
    await this.#loans.store(
      changeLoan(file, {
        record: {
          loanId,
          record: `change#${id}`,
          loanEvent: { kind: 'WriteOff', id, valueDate },
          reason: `approved in ${taskId}`,
          actor: `operator:${requestedBy}`,
          approvedBy: approver,
          postedAt: at,
        },
        entryType: 'WriteOff',
        eventType: 'LoanWrittenOff',
        facts: { changeId: id, valueDate, writtenOffFen, approvedBy: approver },
      }),
    );
  }
}
