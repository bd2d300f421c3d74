import * as z from 'zod';
import { closeApplication } from '#domain/applications/advance-application.ts';
import type { Application } from '#domain/applications/application.ts';
import {
  type Applications,
  type PersonalDataVault,
  sealedSubjectOf,
} from '#domain/applications/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { Funder } from '#domain/catalog/funder.ts';
import type { Product } from '#domain/catalog/product.ts';
import { contractText } from '#domain/contracts/contract-terms.ts';
import { priceSheet, type PricedSheet } from '#domain/contracts/disclosure-sheet.ts';
import {
  agreedLoanOf,
  contractNumberFor,
  offerContract,
  type PreparedPapers,
} from '#domain/contracts/prepare-contract.ts';
import type { DisclosureSheets } from '#domain/contracts/ports.ts';
import { addDays, businessDateOf } from '#domain/shared/calendar.ts';
import { sha256Hex } from '#domain/shared/digest.ts';
import { ApplicationClosed } from '#domain/shared/errors.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { S3ContractPapers, type ContractPapers } from '#platform/contract-papers.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoDisclosureSheets } from '#platform/repositories/disclosure-sheets.ts';
import { openApplication } from './open-application.ts';
import { lenderAndPolicy, pinnedProduct } from './origination-catalog.ts';
import { stepDependencies } from './origination-dependencies.ts';
import { contractFont } from '#platform/pdf/contract-font.ts';
import { writeContract } from './pdf/contract-paper.ts';
import { writeDisclosure } from './pdf/disclosure-paper.ts';

export const PrepareContractInput = z.object({ applicationId: ApplicationId });

export interface PrepareContractDependencies {
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly vault: PersonalDataVault;
  readonly papers: ContractPapers;
  readonly sheets: DisclosureSheets;
  readonly now: () => Date;
}

/** Prices the loan on the day of the contract and writes the papers. Above the cap nothing is offered, whatever was approved. */
export async function runPrepareContract(
  { applicationId }: z.infer<typeof PrepareContractInput>,
  dependencies: PrepareContractDependencies,
): Promise<{ outcome: 'Prepared' }> {
  const { applications, catalog, now } = dependencies;
  const application = await openApplication(applications, applicationId);
  if (application.status !== 'FundingAllocated') return { outcome: 'Prepared' };
  const [product, { funder, policyPack }] = await Promise.all([
    pinnedProduct(catalog, application),
    lenderAndPolicy(catalog),
  ]);
  const at = now();
  const priced = priceSheet({
    loan: agreedLoanOf(application),
    contractNumber: contractNumberFor(application),
    product,
    funder,
    policyPack,
    date: businessDateOf(at.getTime()),
  });
  if (priced.outcome === 'CostAboveCap') return decline(application, dependencies);
  const papers = await writePapers(application, { ...dependencies, priced, product, funder, at });
  const validDays = product.offerValidDays;
  await applications.replace(
    offerContract(application, papers, { at: at.toISOString(), validDays }),
  );
  return { outcome: 'Prepared' };
}

async function decline(
  application: Application,
  { applications, now }: PrepareContractDependencies,
): Promise<never> {
  await applications.replaceReleasingBorrower(
    closeApplication(application, {
      status: 'Declined',
      reasonCodes: ['CostAboveCap'],
      at: now().toISOString(),
      actor: 'workflow',
    }),
  );
  throw new ApplicationClosed(`the cost of ${application.applicationId} is above the cap`);
}

type Priced = Extract<PricedSheet, { outcome: 'Priced' }>;

/** Papers are named after their content: a repeated step never changes one that somebody has read. */
async function writePapers(
  application: Application,
  {
    vault,
    papers,
    sheets,
    priced,
    product,
    funder,
    at,
  }: PrepareContractDependencies & { priced: Priced; product: Product; funder: Funder; at: Date },
): Promise<PreparedPapers> {
  const { sheet, sheetHash } = priced;
  const text = contractText({
    personalData: await vault.open(application.pii, sealedSubjectOf(application)),
    purpose: application.requested.purpose,
    repaymentMethod: agreedLoanOf(application).repaymentMethod,
    sheet,
    sheetHash,
    product,
    funder,
  });
  const expiresOn = addDays(businessDateOf(at.getTime()), product.offerValidDays);
  const [disclosure, contract] = await Promise.all([
    writeDisclosure(contractFont(), sheet, { sheetHash, at }),
    writeContract(contractFont(), { text, sheet, expiresOn, at }),
  ]);
  const folder = `${application.applicationId}/`;
  const contractSha256 = sha256Hex(contract);
  const disclosureObjectKey = `${folder}disclosure-${sha256Hex(disclosure).slice(0, 16)}.pdf`;
  const contractObjectKey = `${folder}contract-${contractSha256.slice(0, 16)}.pdf`;
  await Promise.all([
    papers.put(disclosureObjectKey, disclosure),
    papers.put(contractObjectKey, contract),
    sheets.keep(sheetHash, sheet),
  ]);
  return { sheet, sheetHash, disclosureObjectKey, contractObjectKey, contractSha256 };
}

export const handler = workflowTask({
  input: PrepareContractInput,
  dependencies: () => ({
    ...stepDependencies(),
    papers: new S3ContractPapers(),
    sheets: new DynamoDisclosureSheets(documentClient(), requireEnvironment('APPLICATIONS_TABLE')),
  }),
  run: runPrepareContract,
});
