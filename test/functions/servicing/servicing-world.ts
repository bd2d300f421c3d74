import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { PersonalData } from '#domain/applications/personal-data.ts';
import type { PersonalDataVault } from '#domain/applications/ports.ts';
import { sha256Hex } from '#domain/shared/digest.ts';
import { DynamoOpenOrders, type OpenOrders } from '#functions/servicing/open-orders.ts';
import type { OrderDependencies } from '#platform/bank-orders.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoLoanLists } from '#platform/repositories/loan-lists.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoReceipts } from '#platform/repositories/receipts.ts';
import type { NoticeDependencies } from '#platform/take-receipt.ts';
import { storedLoan } from '#test/support/stored-loan.ts';
import { anApplication, aPerson } from '../../domain/builders.ts';
import type { MoneyRun } from '../disbursement/money-run.ts';
import { CollectingBank } from './collecting-bank.ts';

const person: PersonalData = { applicant: aPerson, supplier: undefined };

const vault: PersonalDataVault = {
  seal: () => Promise.resolve(new Uint8Array([1])),
  open: () => Promise.resolve(person),
  blindIndexes: (number) => Promise.resolve([{ keyId: 'key', value: sha256Hex(`key ${number}`) }]),
  fingerprints: (number) => Promise.resolve([sha256Hex(`key ${number}`)]),
  traitKeys: (kind, value) => Promise.resolve([sha256Hex(`${kind} ${value}`)]),
};

export type Abilities = 'Both' | 'DedupOnly' | 'QueryOnly' | 'None';

/** One loan that was paid out, real repositories, and a bank with books of its own. */
export interface ServicingWorld {
  readonly run: MoneyRun;
  readonly loanId: string;
  readonly bank: CollectingBank;
  readonly dependencies: OrderDependencies &
    NoticeDependencies & { readonly openOrders: OpenOrders; readonly budgetMs: number };
}

export async function createServicingWorld(
  run: MoneyRun,
  documents: DynamoDBDocumentClient,
  abilities: Abilities = 'Both',
): Promise<ServicingWorld> {
  const { loan } = await storedLoan(documents);
  const { applicationId, loanId } = loan;
  const application = { ...anApplication(), applicationId, version: 1 };
  await documents.send(new PutCommand({ TableName: 'Applications', Item: application }));
  const bank = new CollectingBank(run, {
    dedup: abilities === 'Both' || abilities === 'DedupOnly',
    query: abilities === 'Both' || abilities === 'QueryOnly',
  });
  const files = new DynamoLoanFiles(documents, 'Loans', 'Receipts');
  // Other loans of the database are not this run's: a sweep of it looks at its own alone.
  const everybody = new DynamoOpenOrders(documents, 'Loans');
  const openOrders = {
    list: async (until: string) =>
      (await everybody.list(until)).filter((order) => order.loanId === loanId),
  };
  return {
    run,
    loanId,
    bank,
    dependencies: {
      files,
      receipts: new DynamoReceipts(documents, 'Receipts'),
      loans: new DynamoLoans(documents, 'Loans'),
      lists: new DynamoLoanLists(documents, 'Loans'),
      applications: new DynamoApplications(documents, 'Applications'),
      vault,
      bank,
      openOrders,
      budgetMs: 30_000,
      now: () => new Date(run.nowMs),
      staleAfterSeconds: 75,
    },
  };
}
