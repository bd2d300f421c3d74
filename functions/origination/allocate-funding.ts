import * as z from 'zod';
import { recordAllocation } from '#domain/applications/advance-application.ts';
import {
  type Applications,
  type PersonalDataVault,
  sealedSubjectOf,
} from '#domain/applications/ports.ts';
import { residenceOf } from '#domain/applications/screen-application.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { allocateFunding } from '#domain/funding/allocate-funding.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ApplicationClosed } from '#domain/shared/errors.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { storeApplication } from '#platform/store-application.ts';
import { workflowTask } from '#platform/workflow-task.ts';
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

/** Says whose money it is. Nobody may fund it: the application is declined, which ends the path as a withdrawal would. */
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
  const { segment } = product;
  const { requested, partnerId } = application;
  const province = residenceOf(applicant);
  const date = businessDateOf(now().getTime());
  const fundingCase = { requested, segment, province, partnerId, funder, policyPack, date };
  const allocation = allocateFunding(application, fundingCase);
  await storeApplication(
    applications,
    recordAllocation(application, allocation, now().toISOString()),
  );
  if (allocation.outcome === 'Declined')
    throw new ApplicationClosed(`nobody may fund application ${applicationId}`);
  return { outcome: 'Allocated' };
}

export const handler = workflowTask({
  input: AllocateFundingInput,
  dependencies: stepDependencies,
  run: runAllocateFunding,
});
