import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { personalDataVault } from '#platform/pii.ts';
import { bankAbilitiesOf, HttpPayoutBank } from '#platform/providers/payout-bank.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoMoneyStore } from '#platform/repositories/payouts.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { providerSecret } from '#platform/secrets.ts';
import { now } from '#platform/time.ts';

/** What a step of the money works with; each step takes the part it names. Tables it is not given fail on use. */
export function moneyDependencies() {
  const documents = documentClient();
  const applicationsTable = requireEnvironment('APPLICATIONS_TABLE');
  const loansTable = requireEnvironment('LOANS_TABLE');
  const bankEndpoint = async () => (await providerSecret()).bank;
  return {
    applications: new DynamoApplications(documents, applicationsTable),
    loans: new DynamoLoans(documents, loansTable),
    money: new DynamoMoneyStore(documents, {
      payouts: requireEnvironment('PAYOUTS_TABLE'),
      loans: loansTable,
      applications: applicationsTable,
    }),
    catalog: new DynamoCatalog(documents, process.env['CATALOG_TABLE'] ?? ''),
    tasks: new DynamoTasks(documents, process.env['TASKS_TABLE'] ?? ''),
    vault: personalDataVault(),
    bank: new HttpPayoutBank(bankEndpoint, bankAbilitiesOf(process.env['BANK_ABILITIES'])),
    now,
  };
}
