import { readFileSync } from 'node:fs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Application } from '#domain/applications/application.ts';
import { createApplication } from '#domain/applications/change-application.ts';
import type { PersonalData } from '#domain/applications/personal-data.ts';
import type { PersonalDataVault } from '#domain/applications/ports.ts';
import { catalogKeyOf } from '#domain/catalog/catalog-key.ts';
import { Product } from '#domain/catalog/product.ts';
import { sha256Hex } from '#domain/shared/digest.ts';
import { contractNumberOf, loanIdOf } from '#domain/shared/ids.ts';
import type { PayOutDependencies } from '#functions/disbursement/pay-out.ts';
import type { ReserveSharesDependencies } from '#functions/disbursement/reserve-shares.ts';
import { DynamoPayingLoans, type PayingLoans } from '#functions/disbursement/paying-loans.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoMoneyStore } from '#platform/repositories/payouts.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { InMemoryCollaterals } from '#test/support/in-memory-collaterals.ts';
import { inMemoryCatalog } from '#test/support/in-memory-catalog.ts';
import { policyPack } from '#test/domain/catalog-files.ts';
import type { MoneyRun } from './money-run.ts';
import { tableNames } from './money-tables.ts';
import { SimulatedBank } from './simulated-bank.ts';

const productFile = new URL('../../../catalog/products/consumer-installment.json', import.meta.url);
const product = Product.parse(JSON.parse(readFileSync(productFile, 'utf8')));

/** The personal data of the test borrower: an invented person with invented numbers. */
const person: PersonalData = {
  applicant: {
    kind: 'Person',
    name: '测试甲',
    idNumber: '990000199001010009',
    mobile: '19900000000',
    monthlyIncomeFen: 1_200_000,
    employment: { status: 'Employed' },
    bankAccount: { number: '6200000000000005', bankCode: '999000000014' },
  },
  supplier: undefined,
};

const vault: PersonalDataVault = {
  seal: () => Promise.resolve(new Uint8Array([1])),
  open: () => Promise.resolve(person),
  blindIndexes: (number) => Promise.resolve([{ keyId: 'key', value: sha256Hex(`key ${number}`) }]),
  fingerprints: (number) => Promise.resolve([sha256Hex(`key ${number}`)]),
  traitKeys: (kind, value) => Promise.resolve([sha256Hex(`${kind} ${value}`)]),
};

const catalog = inMemoryCatalog();

export type Abilities = 'Both' | 'DedupOnly' | 'QueryOnly' | 'None';

/** Everything one run of the money step works with: real repositories, a bank with books of its own, a clock of the run. */
export interface MoneyWorld {
  readonly applicationId: string;
  readonly loanId: string;
  readonly bank: SimulatedBank;
  /** What the supervisor hears who calls the bank. */
  readonly askByPhone: SimulatedBank['askByPhone'];
  readonly dependencies: PayOutDependencies &
    ReserveSharesDependencies & { readonly payingLoans: PayingLoans };
}

/** The amount of the test loan. */
export const AMOUNT_FEN = 3_000_000;

/** A signed application, stored, and the dependencies of the handlers around it. */
export async function createWorld(
  run: MoneyRun,
  documents: DynamoDBDocumentClient,
  { abilities, label }: { readonly abilities: Abilities; readonly label: string },
): Promise<MoneyWorld> {
  const applications = new DynamoApplications(documents, tableNames.applications);
  const application = signedApplication(`${run.seed}:${label}`, run);
  await applications.create(application);
  const bank = new SimulatedBank(run, {
    dedup: abilities === 'Both' || abilities === 'DedupOnly',
    query: abilities === 'Both' || abilities === 'QueryOnly',
  });
  return {
    applicationId: application.applicationId,
    loanId: loanIdOf(application.applicationId),
    bank,
    askByPhone: (reference) => bank.askByPhone(reference),
    dependencies: {
      applications,
      collaterals: new InMemoryCollaterals(),
      loans: new DynamoLoans(documents, tableNames.loans),
      money: new DynamoMoneyStore(documents, tableNames),
      tasks: new DynamoTasks(documents, tableNames.tasks),
      payingLoans: new DynamoPayingLoans(documents, tableNames.loans),
      catalog,
      vault,
      bank,
      now: () => new Date(run.nowMs),
      staleAfterSeconds: 75,
    },
  };
}

function signedApplication(externalId: string, run: MoneyRun): Application {
  const at = new Date(run.nowMs).toISOString();
  const submitted = createApplication({
    request: {
      externalId,
      productId: product.productId,
      requested: {
        amountFen: AMOUNT_FEN,
        termMonths: 12,
        repaymentMethod: 'EqualInstallment',
        purpose: 'HomeAppliances',
      },
      applicant: person.applicant,
      consents: [{ purpose: 'CreditQuery', textHash: 'sha256:00', givenAt: at }],
    },
    partnerId: 'demo-partner',
    productVersion: product.version,
    applicant: {
      kind: 'Person',
      borrowerKey: sha256Hex(externalId),
      nameMasked: '测**',
      mobileMasked: '199****0000',
      cardLast4: '0005',
    },
    pii: new Uint8Array([1]),
    submittedAt: at,
  });
  const loanId = loanIdOf(submitted.applicationId);
  return Application.parse({
    ...submitted,
    status: 'Signed',
    decision: {
      outcome: 'Approved',
      reasonCodes: [],
      offer: {
        amountFen: AMOUNT_FEN,
        termMonths: 12,
        annualRate: '0.0720',
        repaymentMethod: 'EqualInstallment',
      },
      approversRequired: 0,
      policyPack: catalogKeyOf(policyPack.packId, policyPack.version),
      scorecard: 'person#0001',
      rulesTrace: [],
      decidedAt: at,
      decidedBy: 'workflow',
    },
    participations: [
      { funderId: 'zhudai-lending', shareFen: AMOUNT_FEN, annualRate: '0.0720', role: 'Lead' },
    ],
    contract: {
      contractNumber: contractNumberOf(loanId),
      loanId,
      sheetHash: sha256Hex('sheet'),
      disclosureObjectKey: 'disclosure.pdf',
      contractObjectKey: 'contract.pdf',
      contractSha256: sha256Hex('contract'),
      aprNominal: '0.0720',
      allInCost: '0.0720',
      preparedAt: at,
      expiresAt: at,
    },
  });
}
