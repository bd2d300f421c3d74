import * as z from 'zod';
import { recordAllocation } from '#domain/applications/advance-application.ts';
import {
  type Applications,
  type PersonalDataVault,
  sealedSubjectOf,
} from '#domain/applications/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { ApplicationClosed } from '#domain/shared/errors.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { storeApplication } from '#platform/store-application.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { allocationOf } from './allocation-of.ts';
import { openApplication } from './open-application.ts';
import { lenderAndPolicy, pinnedProduct } from './origination-catalog.ts';
import { stepDependencies } from './origination-dependencies.ts';

export const AllocateFundingInput = z.object({ applicationId: ApplicationId });

export interface AllocateFundingDependencies {
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly vault: PersonalDataVault;
  readonly now: () => Date;
}

/**
 * Says whose money it is; nobody may fund it: the application is declined. The first of the two steps that executions of
 * release 0.1.0 take to a contract: goes when none of them is left.
 */
export async function runAllocateFunding(
  { applicationId }: z.infer<typeof AllocateFundingInput>,
  { applications, catalog, vault, now }: AllocateFundingDependencies,
): Promise<{ outcome: 'Allocated' }> {
  const application = await openApplication(applications, applicationId);
  if (application.status !== 'Approved') return { outcome: 'Allocated' };
  const [product, { funder, policyPack }, { applicant }] = await Promise.all([
    pinnedProduct(catalog, application),
    lenderAndPolicy(catalog),
    vault.open(application.pii, sealedSubjectOf(application)),
  ]);
  const at = now();
  const allocation = allocationOf(application, { product, funder, policyPack, applicant, at });
  await storeApplication(applications, recordAllocation(application, allocation, at.toISOString()));
  if (allocation.outcome === 'Declined')
    throw new ApplicationClosed(`nobody may fund application ${applicationId}`);
  return { outcome: 'Allocated' };
}

export const handler = workflowTask({
  input: AllocateFundingInput,
  dependencies: stepDependencies,
  run: runAllocateFunding,
});
