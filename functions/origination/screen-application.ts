import * as z from 'zod';
import { recordScreening } from '#domain/applications/advance-application.ts';
import type { Application } from '#domain/applications/application.ts';
import {
  type Applications,
  type PersonalDataVault,
  sealedSubjectOf,
} from '#domain/applications/ports.ts';
import {
  screenApplication,
  type ScreeningResult,
} from '#domain/applications/screen-application.ts';
import type { Blocks } from '#domain/blocks/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { PersonalData } from '#domain/applications/personal-data.ts';
import type { Sightings } from '#domain/fraud/sighting.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { isBlocked } from '#platform/block-list.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoBlocks } from '#platform/repositories/blocks.ts';
import { DynamoSightings } from '#platform/repositories/sightings.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { lookForFraud } from './look-for-fraud.ts';
import { openApplication } from './open-application.ts';
import { lenderAndPolicy, partnerOf, pinnedProduct } from './origination-catalog.ts';
import { stepDependencies } from './origination-dependencies.ts';

export const ScreenApplicationInput = z.object({ applicationId: ApplicationId });

export interface ScreenApplicationDependencies {
  readonly applications: Applications;
  readonly blocks: Pick<Blocks, 'find'>;
  readonly catalog: Catalog;
  readonly vault: PersonalDataVault;
  readonly sightings: Sightings;
  readonly now: () => Date;
}

/** Screens a new application and, when it passes, makes it the one open application of its borrower. */
export async function runScreenApplication(
  { applicationId }: z.infer<typeof ScreenApplicationInput>,
  dependencies: ScreenApplicationDependencies,
): Promise<{ outcome: ScreeningResult['outcome'] }> {
  const { applications, vault, now } = dependencies;
  const application = await openApplication(applications, applicationId);
  if (application.status !== 'Received') return { outcome: 'Passed' };
  const at = now().toISOString();
  const data = await vault.open(application.pii, sealedSubjectOf(application));
  const [result, signals] = await Promise.all([
    screen(application, { data, isBusy: false }, dependencies),
    lookForFraud(application, data, dependencies),
  ]);
  if (result.outcome === 'Declined') {
    await applications.replace(recordScreening(application, result, at));
    return { outcome: 'Declined' };
  }
  const stored = await applications.replaceHoldingBorrower(
    recordScreening(application, { ...result, signals }, at),
  );
  if (stored === 'Stored') return { outcome: 'Passed' };
  const busy = await screen(application, { data, isBusy: true }, dependencies);
  await applications.replace(recordScreening(application, busy, at));
  return { outcome: busy.outcome };
}

async function screen(
  application: Application,
  { data, isBusy }: { readonly data: PersonalData; readonly isBusy: boolean },
  { blocks, catalog, now }: ScreenApplicationDependencies,
): Promise<ScreeningResult> {
  const date = businessDateOf(now().getTime());
  const [product, partner, { funder, policyPack }, isOnBlockList] = await Promise.all([
    pinnedProduct(catalog, application),
    partnerOf(catalog, application),
    lenderAndPolicy(catalog),
    isBlocked(application.borrowerKey, date, { blocks, catalog }),
  ]);
  return screenApplication({
    application,
    applicant: data.applicant,
    product,
    partner,
    funder,
    policyPack,
    isBlocked: isOnBlockList,
    isBusy,
    date,
  });
}

export const handler = workflowTask({
  input: ScreenApplicationInput,
  dependencies: () => ({
    ...stepDependencies(),
    blocks: new DynamoBlocks(documentClient(), requireEnvironment('BLOCKS_TABLE')),
    sightings: new DynamoSightings(documentClient(), requireEnvironment('SIGHTINGS_TABLE')),
  }),
  run: runScreenApplication,
});
