import * as z from 'zod';
import type { People } from '#domain/applications/people.ts';
import { keyRotationIdOf } from '#domain/shared/ids.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoKeyRotations } from '#platform/repositories/key-rotations.ts';
import { DynamoPeople } from '#platform/repositories/people.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { indexKeys } from './blind-index-keys.ts';

export const getBlindIndexRoute = describeRoute({
  operationId: 'getBlindIndex',
  summary:
    'The keys people are found by, how far a change of them is, and a page of what is still under the former one',
  method: 'GET',
  path: '/ops/blind-index',
  caller: 'Operator',
  roles: ['Administrator', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    /** From the page before. */
    after: z
      .string()
      .regex(/^[0-9a-f]{1,64}$/)
      .optional(),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({
    keyId: z.string(),
    nextKeyId: z.string().optional(),
    formerKeyId: z.string().optional(),
    isFormerRetired: z.boolean(),
    /** Of the change from the former key to the present one. */
    status: z.enum(['NotStarted', 'Sweeping', 'Swept', 'Retired']),
    /** What this page found under the former key. */
    underFormer: z.int(),
    /** Those of them that are found by nothing else. */
    underFormerAlone: z.int(),
    next: z.string().optional(),
  }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: getBlindIndexRoute,
  dependencies: () => ({
    people: new DynamoPeople(documentClient(), { people: requireEnvironment('PEOPLE_TABLE') }),
    rotations: new DynamoKeyRotations(documentClient(), requireEnvironment('KEY_ROTATIONS_TABLE')),
  }),
  run: async ({ query }, { people, rotations }) => {
    const keys = await indexKeys();
    const { keyId, formerKeyId } = keys;
    const rotation = await rotations.find(keyRotationIdOf(keyId, formerKeyId));
    const status = rotation?.status ?? ('NotStarted' as const);
    if (formerKeyId === undefined)
      return { body: { ...keys, status, underFormer: 0, underFormerAlone: 0 } };
    const { items, next } = await people.listOfKey(formerKeyId, query.after);
    const alone = await countAlone(items, keyId, people);
    return { body: { ...keys, status, underFormer: items.length, underFormerAlone: alone, next } };
  },
});

async function countAlone(
  items: readonly { readonly borrowerKey: string }[],
  keyId: string,
  people: People,
): Promise<number> {
  const found = await Promise.all(
    items.map(({ borrowerKey }) => people.isUnder(keyId, borrowerKey)),
  );
  return found.filter((isFound) => !isFound).length;
}
