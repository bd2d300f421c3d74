import type { Application } from '#domain/applications/application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { Funder } from '#domain/catalog/funder.ts';
import { PolicyPack } from '#domain/catalog/policy-pack.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Product } from '#domain/catalog/product.ts';
import type { Payout } from '#domain/disbursement/payout.ts';
import { planSettlement, type Verdict } from '#domain/disbursement/plan-settlement.ts';
import type { MoneyStore } from '#domain/disbursement/ports.ts';
import type { Loan } from '#domain/loans/loan.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { agreeService, type ServiceFacts } from '#domain/servicing/loan-agreement.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { existing } from './existing.ts';

export interface SettlementDependencies {
  readonly applications: Applications;
  readonly loans: Loans;
  readonly money: MoneyStore;
  readonly catalog: Catalog;
  readonly now: () => Date;
}

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
  const pinned = await pinnedFacts(catalog, loan, application);
  await money.store(
    planSettlement({
      payout,
      loan,
      application,
      verdict,
      agreementFrom: (disbursedOn) => agreeService({ ...pinned, loan, disbursedOn }),
      at: now().toISOString(),
    }),
  );
}

/** What the contract was made under. */
async function pinnedFacts(
  catalog: Catalog,
  { productId, productVersion, participations }: Loan,
  { applicationId, decision, contract }: Application,
): Promise<Omit<ServiceFacts, 'loan' | 'disbursedOn'>> {
  if (decision === undefined || contract === undefined)
    throw new Error(`application ${applicationId} was paid out without a contract`);
  const [packId = '', packVersion] = decision.policyPack.split('#');
  const lead = participations.find(({ role }) => role === 'Lead') ?? participations[0];
  const funderId = lead?.funderId ?? '';
  const [product, policyPack, funder] = await Promise.all([
    catalog.find({ kind: 'product', id: productId, version: productVersion }, Product),
    catalog.find({ kind: 'policy-pack', id: packId, version: Number(packVersion) }, PolicyPack),
    catalog.find({ kind: 'funder', id: funderId }, Funder),
  ]);
  return {
    product: existing(product, `product ${productId}`),
    policyPack: existing(policyPack, `policy pack ${decision.policyPack}`),
    policyPackKey: decision.policyPack,
    grade: decision.grade,
    lenderType: existing(funder, `funder ${funderId}`).lenderType,
    contractedOn: businessDateOf(Date.parse(contract.preparedAt)),
  };
}
