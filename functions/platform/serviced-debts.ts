import type { Applications } from '#domain/applications/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Product } from '#domain/catalog/product.ts';
import type { Debt, Debts } from '#domain/collections/debt.ts';
import { debtOf, type DebtorProfile } from '#domain/collections/read-debt.ts';
import type { LoanFile } from '#domain/servicing/loan-file.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';

/** Debts as servicing has them at this moment. */
export class ServicedDebts implements Debts {
  readonly #loans: LoanFiles;
  readonly #applications: Applications;
  readonly #catalog: Catalog;

  constructor(ports: { loans: LoanFiles; applications: Applications; catalog: Catalog }) {
    this.#loans = ports.loans;
    this.#applications = ports.applications;
    this.#catalog = ports.catalog;
  }

  async find(loanId: string, asOf: string): Promise<Debt | undefined> {
    const file = await this.#loans.find(loanId);
    return file && debtOf(file, asOf, await this.#profileOf(file));
  }

  async #profileOf({ loan }: LoanFile): Promise<DebtorProfile> {
    const { productId: id, productVersion: version, applicationId } = loan;
    const [product, application] = await Promise.all([
      this.#catalog.find({ kind: 'product', id, version }, Product),
      this.#applications.find(applicationId),
    ]);
    const grade = application?.decision?.grade;
    return {
      segment: product?.segment ?? '',
      ...(grade === undefined ? {} : { grade }),
    };
  }
}
