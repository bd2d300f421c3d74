import * as z from 'zod';
import type { Application } from '#domain/applications/application.ts';
import type { People } from '#domain/applications/people.ts';
import {
  sealedSubjectOf,
  type Applications,
  type PersonalDataVault,
} from '#domain/applications/ports.ts';
import { identityNumberOf } from '#domain/applications/validate-applicant.ts';
import { Partner } from '#domain/catalog/partner.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { Sightings } from '#domain/fraud/sighting.ts';
import {
  completeSweep,
  startRotation,
  type Act,
  type KeyRotation,
} from '#domain/privacy/key-rotation.ts';
import { ApplicationErased, ConcurrentChange } from '#domain/shared/errors.ts';
import { keyRotationIdOf } from '#domain/shared/ids.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { indexedTraits } from '#platform/indexed-traits.ts';
import { personalDataVault } from '#platform/pii.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoKeyRotations, type SweepProgress } from '#platform/repositories/key-rotations.ts';
import { DynamoPeople } from '#platform/repositories/people.ts';
import { DynamoSightings } from '#platform/repositories/sightings.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { now } from '#platform/time.ts';
import { assertSwitched, indexKeys, type IndexKeys } from './blind-index-keys.ts';

/** Each costs a call to KMS and a transaction: a page answers well before the gateway gives up. */
const PAGE_SIZE = 40;
const CONCURRENCY = 8;

export const sweepBlindIndexRoute = describeRoute({
  operationId: 'sweepBlindIndex',
  summary:
    'Index a page of applications under every key of the blind index, from wherever the sweep has come to',
  method: 'POST',
  path: '/ops/blind-index/sweeps',
  caller: 'Operator',
  roles: ['Administrator'],
  parameters: Nothing,
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.object({
    rotationId: z.string(),
    status: z.enum(['Sweeping', 'Swept', 'Retired']),
    /** How many applications were looked at, by all pages together. */
    applications: z.int(),
    /** Applications of this page that show somebody whose number leads to another name already. */
    conflicts: z.array(ApplicationId),
  }),
  problems: ['InvalidTransition'],
});

export interface SweepDependencies {
  readonly applications: Pick<Applications, 'find' | 'listByPartner'>;
  readonly catalog: Catalog;
  readonly people: Pick<People, 'keep'>;
  readonly rotations: Pick<DynamoKeyRotations, 'find' | 'replace' | 'progressOf' | 'advance'>;
  readonly sightings: Pick<Sightings, 'noteAlso'>;
  readonly vault: PersonalDataVault;
  readonly keys: () => Promise<IndexKeys>;
  readonly now: () => Date;
}

/**
 * One page of the walk through all applications: whoever they show is kept under every key, with the traits that anybody
 * may still be compared with. What was done before is done the same way again, so that a sweep that was cut off goes on
 * where its last page was put down, and two at once do no harm.
 */
export async function runSweepBlindIndex(operatorId: string, dependencies: SweepDependencies) {
  const { rotations, now } = dependencies;
  const keys = await dependencies.keys();
  assertSwitched(keys);
  const act = { at: now().toISOString(), operatorId };
  const rotation = await retryOnConflict(() => beginning(keys, act, dependencies));
  const { rotationId } = rotation;
  if (rotation.status !== 'Sweeping') return answerOf(rotation, rotation.applications, []);
  const progress = await rotations.progressOf(rotationId);
  const { ids, next } = await pageAt(progress, dependencies);
  const conflicts = await indexAll(ids, dependencies);
  const applications = progress.applications + ids.length;
  if (next === undefined) {
    const swept = completeSweep(rotation, applications, act);
    if (swept !== undefined) await rotations.replace(swept);
    return answerOf(swept ?? rotation, applications, conflicts);
  }
  await rotations.advance(rotationId, { ...next, version: progress.version + 1, applications });
  return answerOf(rotation, applications, conflicts);
}

async function beginning(
  keys: IndexKeys,
  act: Act,
  { rotations }: SweepDependencies,
): Promise<KeyRotation> {
  const found = await rotations.find(keyRotationIdOf(keys.keyId, keys.formerKeyId));
  if (found !== undefined) return found;
  const started = startRotation(keys, act);
  await rotations.replace(started);
  return started;
}

function answerOf(
  { rotationId, status }: KeyRotation,
  applications: number,
  conflicts: readonly string[],
) {
  return { rotationId, status, applications, conflicts: [...conflicts] };
}

/** The partners in the order of their ids, each with its applications from the newest on. */
async function pageAt(
  { partnerId, after }: SweepProgress,
  { applications, catalog }: SweepDependencies,
): Promise<{
  readonly ids: readonly string[];
  readonly next: Pick<SweepProgress, 'partnerId' | 'after'> | undefined;
}> {
  const partners = await catalog.list('partner', Partner);
  const order = partners.map((partner) => partner.partnerId).toSorted();
  const current = partnerId ?? order[0];
  if (current === undefined) return { ids: [], next: undefined };
  const page = await applications.listByPartner(
    { partnerId: current },
    { limit: PAGE_SIZE, after },
  );
  const ids = page.items.map(({ applicationId }) => applicationId);
  if (page.next !== undefined) return { ids, next: { partnerId: current, after: page.next } };
  const following = order.find((id) => id > current);
  return { ids, next: following === undefined ? undefined : { partnerId: following } };
}

async function indexAll(
  ids: readonly string[],
  dependencies: SweepDependencies,
): Promise<readonly string[]> {
  const queue = [...ids];
  const conflicts: string[] = [];
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift())
      if ((await indexOne(id, dependencies)) === 'Conflict') conflicts.push(id);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return conflicts;
}

async function indexOne(
  applicationId: string,
  dependencies: SweepDependencies,
): Promise<'Indexed' | 'Conflict'> {
  const { people, sightings, vault } = dependencies;
  const application = await presentOf(applicationId, dependencies);
  if (application === undefined) return 'Indexed';
  const data = await vault.open(application.pii, sealedSubjectOf(application));
  const numbers = [
    identityNumberOf(data.applicant),
    ...(data.guarantors ?? []).map(({ idNumber }) => idNumber),
  ];
  const names = [application.borrowerKey, ...(application.backing?.guarantorKeys ?? [])];
  try {
    for (const [at, borrowerKey] of names.entries()) {
      const indexes = await vault.blindIndexes(numbers[at] ?? '');
      await people.keep({ borrowerKey, indexes }, applicationId);
    }
  } catch (error) {
    if (error instanceof ConcurrentChange) return 'Conflict';
    throw error;
  }
  // What was restricted is compared with nobody any more.
  if (application.restriction !== undefined) return 'Indexed';
  const shown = await indexedTraits(data, vault);
  const seenAt = new Date(application.submittedAt).toISOString();
  await sightings.noteAlso({
    applicationId,
    seenAt,
    borrower: application.borrowerKey,
    traits: shown.flatMap(({ traits }) => traits),
  });
  return 'Indexed';
}

async function presentOf(
  applicationId: string,
  { applications }: SweepDependencies,
): Promise<Application | undefined> {
  try {
    return await applications.find(applicationId);
  } catch (error) {
    if (error instanceof ApplicationErased) return undefined;
    throw error;
  }
}

function sweepDependencies(): SweepDependencies {
  const documents = documentClient();
  return {
    applications: new DynamoApplications(documents, requireEnvironment('APPLICATIONS_TABLE')),
    catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
    people: new DynamoPeople(documents, { people: requireEnvironment('PEOPLE_TABLE') }),
    rotations: new DynamoKeyRotations(documents, requireEnvironment('KEY_ROTATIONS_TABLE')),
    sightings: new DynamoSightings(documents, requireEnvironment('SIGHTINGS_TABLE')),
    vault: personalDataVault(),
    keys: indexKeys,
    now,
  };
}

export const handler = apiRoute({
  description: sweepBlindIndexRoute,
  dependencies: sweepDependencies,
  run: async ({ caller }, dependencies) => ({
    body: await runSweepBlindIndex(caller.operatorId, dependencies),
  }),
});
