import type { OrderDependencies } from './bank-orders.ts';
import { documentClient, requireEnvironment } from './clients.ts';
import { personalDataVault } from './pii.ts';
import { bankAbilitiesOf, HttpPayoutBank } from './providers/payout-bank.ts';
import { DynamoApplications } from './repositories/applications.ts';
import { DynamoLoanFiles } from './repositories/loan-files.ts';
import { providerSecret } from './secrets.ts';
import { now } from './time.ts';

/**
 * After how many seconds a claim belongs to an attempt that must have ended: longer than the function may run (60 s), or an
 * attempt at work could be overtaken. PAYOUT_STALE_AFTER_SECONDS sets it where functions are known to be shorter.
 */
const STALE_AFTER_SECONDS = 75;

/** What it takes to move money for a loan after payout, in whatever function. */
export function orderDependencies(): OrderDependencies {
  const documents = documentClient();
  const bankEndpoint = async () => (await providerSecret()).bank;
  return {
    files: new DynamoLoanFiles(documents, requireEnvironment('LOANS_TABLE')),
    applications: new DynamoApplications(documents, requireEnvironment('APPLICATIONS_TABLE')),
    vault: personalDataVault(),
    bank: new HttpPayoutBank(bankEndpoint, bankAbilitiesOf(process.env['BANK_ABILITIES'])),
    now,
    staleAfterSeconds: Number(process.env['PAYOUT_STALE_AFTER_SECONDS'] ?? STALE_AFTER_SECONDS),
  };
}
