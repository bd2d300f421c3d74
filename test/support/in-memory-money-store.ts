import type { Payout } from '#domain/disbursement/payout.ts';
import type { MoneyChange, MoneyStore } from '#domain/disbursement/ports.ts';
import type { JournalEntry, Loan, LoanSchedule } from '#domain/loans/loan.ts';
import type { LoanAgreement } from '#domain/servicing/loan-agreement.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { InMemoryApplications } from './in-memory-applications.ts';
import { InMemoryItems } from './in-memory-items.ts';

/** Payouts and loans together, since one transaction writes both. */
export class InMemoryMoneyStore implements MoneyStore, Loans {
  readonly #payouts = new InMemoryItems<Payout>();
  readonly #loans = new InMemoryItems<Loan>();
  readonly #records = new Map<string, LoanAgreement | LoanSchedule | JournalEntry>();
  readonly #applications: InMemoryApplications;

  constructor(applications: InMemoryApplications) {
    this.#applications = applications;
  }

  findPayout(payoutRef: string): Promise<Payout | undefined> {
    return Promise.resolve(this.#payouts.find(payoutRef));
  }

  replacePayout(next: Payout): Promise<void> {
    return Promise.resolve().then(() => {
      this.#payouts.store(next.payoutRef, next);
    });
  }

  find(loanId: string): Promise<Loan | undefined> {
    return Promise.resolve(this.#loans.find(loanId));
  }

  findSchedule(loanId: string, scheduleVersion: number): Promise<LoanSchedule | undefined> {
    const record = this.#records.get(
      `${loanId} schedule#${String(scheduleVersion).padStart(4, '0')}`,
    );
    return Promise.resolve(record !== undefined && 'rows' in record ? record : undefined);
  }

  listEntries(loanId: string): Promise<readonly JournalEntry[]> {
    return Promise.resolve(
      [...this.#records.values()].filter(
        (record): record is JournalEntry => record.loanId === loanId && 'legs' in record,
      ),
    );
  }

  async store(change: MoneyChange): Promise<void> {
    const { payout, loan, application, agreement, schedule } = change;
    const { entries = [], isReleasingBorrower } = change;
    const once = [agreement, schedule, ...entries].filter((record) => record !== undefined);
    if (
      (payout && !this.#payouts.mayStore(payout.payoutRef, payout)) ||
      (loan && !this.#loans.mayStore(loan.loanId, loan)) ||
      once.some(({ loanId, record }) => this.#records.has(`${loanId} ${record}`))
    )
      throw new ConcurrentChange('payout, loan or record changed since it was read');
    if (application && isReleasingBorrower)
      await this.#applications.replaceReleasingBorrower(application);
    else if (application) await this.#applications.replace(application);
    if (payout) this.#payouts.store(payout.payoutRef, payout);
    if (loan) this.#loans.store(loan.loanId, loan);
    for (const record of once) this.#records.set(`${record.loanId} ${record.record}`, record);
  }
}
