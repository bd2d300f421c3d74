import type { Applications } from '#domain/applications/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Product } from '#domain/catalog/product.ts';
import type { Payout } from '#domain/disbursement/payout.ts';
import { planSettlement, type Verdict } from '#domain/disbursement/plan-settlement.ts';
import type { MoneyStore } from '#domain/disbursement/ports.ts';
import { loanRowsOf } from '#domain/loans/loan-terms.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { existing } from './existing.ts';

export interface SettlementDependencies {
  readonly applications: Applications;
  readonly loans: Loans;
  readonly money: MoneyStore;
  readonly catalog: Catalog;
  readonly now: () => Date;
}

/** Borrowers hear of an installment three days before it is due. */
const FIRST_REMINDER_DAYS_BEFORE = 3;

/**
 * Books what is known for certain about a payout, in one transaction that is conditional on the very version of the payout
 * the verdict was reached with. Whoever comes second gets `ConcurrentChange` and finds it settled.
 */
export async function settlePayout(
  payout: Payout,
  verdict: Verdict,
  { applications, loans, money, catalog, now }: SettlementDependencies,
): Promise<void> {
  const { loanId, applicationId, payoutRef } = payout;
  const loan = existing(await loans.find(loanId), `loan ${loanId}`);
  const application = existing(
    await applications.find(applicationId),
    `application ${applicationId}`,
  );
  if (loan.payoutRef !== payoutRef || loan.status !== 'Paying')
    throw new ConcurrentChange(`loan ${loanId} is ${loan.status}, not waiting for ${payoutRef}`);
  const product = existing(
    await catalog.find(
      { kind: 'product', id: loan.productId, version: loan.productVersion },
      Product,
    ),
    `product ${loan.productId}`,
  );
  await money.store(
    planSettlement({
      payout,
      loan,
      application,
      verdict,
      rowsFrom: (valueDate) => loanRowsOf(loan, product, valueDate),
      firstReminderDaysBefore: FIRST_REMINDER_DAYS_BEFORE,
      at: now().toISOString(),
    }),
  );
}
