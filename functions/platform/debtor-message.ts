import {
  sealedSubjectOf,
  type Applications,
  type PersonalDataVault,
} from '#domain/applications/ports.ts';
import { contactOf } from '#domain/applications/validate-applicant.ts';
import type { Funder } from '#domain/catalog/funder.ts';
import {
  collectableFen,
  collectableLoans,
  daysPastDueOn,
  type CollectionCase,
} from '#domain/collections/case.ts';
import { yuanText } from '#domain/contracts/amount-text.ts';
import { contractNumberOf } from '#domain/shared/ids.ts';
import { existing } from './existing.ts';

type CollectingLender = Funder & { readonly collection: NonNullable<Funder['collection']> };

/** The registered number of a debtor, opened for this one contact. */
export async function registeredNumber(
  collectionCase: CollectionCase,
  ports: { readonly applications: Applications; readonly vault: PersonalDataVault },
): Promise<string> {
  const [loan] = collectionCase.loans;
  const applicationId = loan?.applicationId ?? '';
  const application = existing(
    await ports.applications.find(applicationId),
    `application ${applicationId}`,
  );
  const { applicant } = await ports.vault.open(application.pii, sealedSubjectOf(application));
  return contactOf(applicant).mobile;
}

/** The values of a script's placeholders for the debtor: who speaks, for whom, and what is owed today. */
export function debtorValues(
  collectionCase: CollectionCase,
  {
    lender,
    on,
    principal,
  }: { readonly lender: CollectingLender; readonly on: string; readonly principal?: string },
): Readonly<Record<string, string>> {
  const [loan] = collectableLoans(collectionCase);
  return {
    institution: lender.name,
    caller: '贷后服务',
    principal: principal ?? lender.name,
    telephone: lender.collection.telephone,
    amount: yuanText(collectableFen(collectionCase)),
    daysPastDue: String(daysPastDueOn(collectionCase, on)),
    contractNumber: loan === undefined ? '' : contractNumberOf(loan.loanId),
  };
}
