import { documentClient } from '#platform/clients.ts';
import { personalDataVault } from '#platform/pii.ts';
import { DynamoPeople } from '#platform/repositories/people.ts';
import { partnerDependencies } from './partner-dependencies.ts';

/** What a route works with that seals or opens personal data: apart, since the encryption weighs more than the rest. */
export function vaultDependencies() {
  return {
    ...partnerDependencies(),
    vault: personalDataVault(),
    people: new DynamoPeople(documentClient(), {
      people: process.env['PEOPLE_TABLE'] ?? '',
      applications: process.env['APPLICATIONS_TABLE'] ?? '',
    }),
    /** Identity numbers of the test area 99 are for sandboxes only. */
    allowTestArea: process.env['ALLOW_TEST_AREA'] === 'true',
  };
}
export type VaultDependencies = ReturnType<typeof vaultDependencies>;
