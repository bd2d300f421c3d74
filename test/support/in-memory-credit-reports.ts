import type { CreditReports, KeptCreditReport } from '#domain/applications/credit-report-ports.ts';

export class InMemoryCreditReports implements CreditReports {
  readonly #reports = new Map<string, KeptCreditReport>();

  findLatest(borrowerKey: string): Promise<KeptCreditReport | undefined> {
    const [newest] = [...this.#reports.values()]
      .filter((report) => report.borrowerKey === borrowerKey)
      .sort((a, b) => (a.obtainedAt < b.obtainedAt ? 1 : -1));
    return Promise.resolve(newest);
  }

  save(report: KeptCreditReport): Promise<void> {
    this.#reports.set(`${report.borrowerKey} ${report.obtainedAt}`, report);
    return Promise.resolve();
  }
}
