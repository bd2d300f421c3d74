import * as z from 'zod';
import type { People } from '#domain/applications/people.ts';
import { assertSwept, retireKey } from '#domain/privacy/key-rotation.ts';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { keyRotationIdOf } from '#domain/shared/ids.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoKeyRotations } from '#platform/repositories/key-rotations.ts';
import { DynamoPeople } from '#platform/repositories/people.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { now } from '#platform/time.ts';
import { assertSwitched, indexKeys } from './blind-index-keys.ts';

/** Three short calls each: one request ends well before the gateway gives up. */
const REMOVED_MAX = 400;

export const retireBlindIndexRoute = describeRoute({
  operationId: 'retireBlindIndex',
  summary: 'Take away a page of what is under a key that nothing is found by any more',
  method: 'POST',
  path: '/ops/blind-index/retirements',
  caller: 'Operator',
  roles: ['Administrator'],
  parameters: Nothing,
  query: Nothing,
  body: z.strictObject({
    /** Also what is found by nothing else: people of whom only the entry on the block list is left. */
    isEverything: z.boolean().default(false),
  }),
  status: 200,
  answer: z.object({
    rotationId: z.string(),
    status: z.enum(['Sweeping', 'Swept', 'Retired']),
    removed: z.int(),
    /** Found by nothing else, and so left where they are. */
    left: z.int(),
    /** Nothing but them is left. */
    isEnd: z.boolean(),
  }),
  problems: ['InvalidTransition', 'NotFound'],
});

interface RetireDependencies {
  readonly people: Pick<People, 'listOfKey' | 'isUnder' | 'remove'>;
  readonly rotations: DynamoKeyRotations;
}

export const handler = apiRoute({
  description: retireBlindIndexRoute,
  dependencies: (): RetireDependencies => ({
    people: new DynamoPeople(documentClient(), { people: requireEnvironment('PEOPLE_TABLE') }),
    rotations: new DynamoKeyRotations(documentClient(), requireEnvironment('KEY_ROTATIONS_TABLE')),
  }),
  run: async ({ caller, body }, dependencies) => {
    const { keyId, formerKeyId } = await formerKey();
    const rotationId = keyRotationIdOf(keyId, formerKeyId);
    const rotation = existing(await dependencies.rotations.find(rotationId), 'such a rotation');
    assertSwept(rotation);
    const done = await removeSome({ ...body, keyId, formerKeyId }, dependencies);
    const isOver = done.isEnd && done.left === 0;
    const status = isOver
      ? await retired(rotationId, caller.operatorId, dependencies)
      : rotation.status;
    return { body: { rotationId, status, ...done } };
  },
});

/** Throws InvalidTransition while there is none, or people are found by it. */
async function formerKey(): Promise<{ readonly keyId: string; readonly formerKeyId: string }> {
  const keys = await indexKeys();
  assertSwitched(keys);
  const { keyId, formerKeyId } = keys;
  if (formerKeyId === undefined) throw new InvalidTransition('there is no former key');
  if (!keys.isFormerRetired)
    throw new InvalidTransition('people are still found by the former key: take it out first');
  return { keyId, formerKeyId };
}

interface Removal {
  readonly keyId: string;
  readonly formerKeyId: string;
  readonly isEverything: boolean;
}

/** From the beginning every time: what was removed is there no more. */
async function removeSome(
  { keyId, formerKeyId, isEverything }: Removal,
  { people }: RetireDependencies,
): Promise<{ readonly removed: number; readonly left: number; readonly isEnd: boolean }> {
  let [removed, left] = [0, 0];
  let after: string | undefined;
  do {
    const page = await people.listOfKey(formerKeyId, after);
    for (const { blindIndex, borrowerKey } of page.items)
      if (isEverything || (await people.isUnder(keyId, borrowerKey))) {
        await people.remove(blindIndex);
        removed += 1;
      } else left += 1;
    after = page.next;
  } while (after !== undefined && removed < REMOVED_MAX);
  return { removed, left, isEnd: after === undefined };
}

function retired(
  rotationId: string,
  operatorId: string,
  { rotations }: RetireDependencies,
): Promise<'Retired'> {
  return retryOnConflict<'Retired'>(async () => {
    const rotation = existing(await rotations.find(rotationId), 'such a rotation');
    const done = retireKey(rotation, { at: now().toISOString(), operatorId });
    if (done !== undefined) await rotations.replace(done);
    return 'Retired';
  });
}
