import * as z from 'zod';
import { closeApplication, recordAllocation } from '#domain/applications/advance-application.ts';
import type { Application, Participation } from '#domain/applications/application.ts';
import { assertApproved } from '#domain/applications/assert-ready.ts';
import type { PersonalData } from '#domain/applications/personal-data.ts';
import {
  type Applications,
  type PersonalDataVault,
  sealedSubjectOf,
} from '#domain/applications/ports.ts';
import type { Blocks } from '#domain/blocks/ports.ts';
import type { Funder } from '#domain/catalog/funder.ts';
import type { PolicyPack } from '#domain/catalog/policy-pack.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { Product } from '#domain/catalog/product.ts';
import { contractText } from '#domain/contracts/contract-terms.ts';
import { priceSheet, type PricedSheet } from '#domain/contracts/disclosure-sheet.ts';
import type { DisclosureSheets } from '#domain/contracts/ports.ts';
import {
  agreedLoanOf,
  contractNumberFor,
  offerContract,
  type PreparedPapers,
} from '#domain/contracts/prepare-contract.ts';
import { addDays, businessDateOf } from '#domain/shared/calendar.ts';
import { sha256Hex } from '#domain/shared/digest.ts';
import { ApplicationClosed } from '#domain/shared/errors.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { isBlocked } from '#platform/block-list.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { S3ContractPapers, type ContractPapers } from '#platform/contract-papers.ts';
import { contractFont } from '#platform/pdf/contract-font.ts';
import { DynamoBlocks } from '#platform/repositories/blocks.ts';
import { DynamoDisclosureSheets } from '#platform/repositories/disclosure-sheets.ts';
import { storeApplication } from '#platform/store-application.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { allocationOf } from './allocation-of.ts';
import { openApplication } from './open-application.ts';
import { lenderAndPolicy, pinnedProduct } from './origination-catalog.ts';
import { stepDependencies } from './origination-dependencies.ts';
import { writeContract } from './pdf/contract-paper.ts';
import { writeDisclosure } from './pdf/disclosure-paper.ts';

export const OfferContractInput = z.object({ applicationId: ApplicationId });

export interface OfferContractDependencies {
  readonly applications: Applications;
  readonly blocks: Pick<Blocks, 'find'>;
  readonly catalog: Catalog;
  readonly vault: PersonalDataVault;
  readonly papers: ContractPapers;
  readonly sheets: DisclosureSheets;
  readonly now: () => Date;
}

/** What an offer is made from, read once. */
interface Setting {
  readonly product: Product;
  readonly funder: Funder;
  readonly policyPack: PolicyPack;
  readonly personalData: PersonalData;
  readonly at: Date;
}

/**
 * Says whose money it is, prices the loan on the day of the contract and writes the papers. With nobody who may fund it, a
 * cost above the cap, or a borrower who was blocked since the screening, nothing is offered, whatever was approved.
 */
export async function runOfferContract(
  { applicationId }: z.infer<typeof OfferContractInput>,
  dependencies: OfferContractDependencies,
): Promise<{ outcome: 'Offered' }> {
  const { applications, blocks, catalog, vault, now } = dependencies;
  const application = await openApplication(applications, applicationId);
  assertApproved(application);
  if (application.status !== 'Approved' && application.status !== 'FundingAllocated')
    return { outcome: 'Offered' };
  const at = now();
  const date = businessDateOf(at.getTime());
  if (await isBlocked(application.borrowerKey, date, { blocks, catalog }))
    return decline(application, 'BorrowerBlocked', dependencies);
  const [product, { funder, policyPack }, personalData] = await Promise.all([
    pinnedProduct(catalog, application),
    lenderAndPolicy(catalog),
    vault.open(application.pii, sealedSubjectOf(application)),
  ]);
  const setting = { product, funder, policyPack, personalData, at };
  const participations = await fundersOf(application, setting, applications);
  const priced = priceSheet({
    loan: agreedLoanOf(application),
    contractNumber: contractNumberFor(application),
    product,
    funder,
    policyPack,
    date,
  });
  if (priced.outcome === 'CostAboveCap') return decline(application, 'CostAboveCap', dependencies);
  const papers = await writePapers(application, { ...dependencies, ...setting, priced });
  const validDays = product.offerValidDays;
  await applications.replace(
    offerContract(application, papers, { at: at.toISOString(), validDays, participations }),
  );
  return { outcome: 'Offered' };
}

/** Who funds it; allocated before by a step of its own in executions of release 0.1.0. */
async function fundersOf(
  application: Application,
  setting: Setting,
  applications: Applications,
): Promise<readonly Participation[]> {
  if (application.status === 'FundingAllocated') return application.participations;
  const allocation = allocationOf(application, {
    ...setting,
    applicant: setting.personalData.applicant,
  });
  if (allocation.outcome === 'Allocated') return allocation.participations;
  await storeApplication(
    applications,
    recordAllocation(application, allocation, setting.at.toISOString()),
  );
  throw new ApplicationClosed(`nobody may fund application ${application.applicationId}`);
}

async function decline(
  application: Application,
  reasonCode: 'BorrowerBlocked' | 'CostAboveCap',
  { applications, now }: OfferContractDependencies,
): Promise<never> {
  await applications.replaceReleasingBorrower(
    closeApplication(application, {
      status: 'Declined',
      reasonCodes: [reasonCode],
      at: now().toISOString(),
      actor: 'workflow',
    }),
  );
  throw new ApplicationClosed(`${application.applicationId} is declined: ${reasonCode}`);
}

type Priced = Extract<PricedSheet, { outcome: 'Priced' }>;

/** Papers are named after their content: a repeated step never changes one that somebody has read. */
async function writePapers(
  application: Application,
  writing: Pick<OfferContractDependencies, 'papers' | 'sheets'> &
    Setting & { readonly priced: Priced },
): Promise<PreparedPapers> {
  const { papers, sheets, product, funder, personalData, at } = writing;
  const { sheet, sheetHash } = writing.priced;
  const text = contractText({
    personalData,
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

/** What it works with. */
export function offerDependencies(): OfferContractDependencies {
  return {
    ...stepDependencies(),
    blocks: new DynamoBlocks(documentClient(), requireEnvironment('BLOCKS_TABLE')),
    papers: new S3ContractPapers(),
    sheets: new DynamoDisclosureSheets(documentClient(), requireEnvironment('APPLICATIONS_TABLE')),
  };
}

export const handler = workflowTask({
  input: OfferContractInput,
  dependencies: offerDependencies,
  run: runOfferContract,
});
