import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pledgedFor, requireRelease, registerCollateral } from '#domain/collateral/collateral.ts';
import type { Collaterals } from '#domain/collateral/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { applicationIdOf, taskIdOf } from '#domain/shared/ids.ts';
import { DynamoCollaterals } from '#platform/repositories/collaterals.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { InMemoryCollaterals } from '#test/support/in-memory-collaterals.ts';
import { anApplication } from '../../../domain/builders.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

const at = '2026-11-23T10:00:00.000Z';
const twins: readonly (readonly [name: string, make: () => Collaterals])[] = [
  ['DynamoCollaterals', () => new DynamoCollaterals(database.documents, 'Collateral')],
  ['its twin in memory', () => new InMemoryCollaterals()],
];

describe.each(twins)('%s', (_, make) => {
  let number = 0;
  const pledged = () => {
    const applicationId = applicationIdOf('demo-partner', `collateral-${String((number += 1))}`);
    const pledges = [
      { kind: 'Vehicle' as const, valueFen: 80_000_00 },
      { kind: 'Deposit' as const, valueFen: 10_000_00 },
    ];
    return pledgedFor(
      anApplication({ applicationId, backing: { guarantorKeys: [], pledges } }),
      at,
    );
  };
  const proofOf = (applicationId: string) => ({
    evidenceHash: `sha256:${'a'.repeat(64)}`,
    at,
    operatorId: 'operator-a',
    taskId: taskIdOf(applicationId, 'RegisterCollateral', 1),
  });

  it('lists what is pledged for one application, and nothing of another', async () => {
    const collaterals = make();
    const [mine, others] = [pledged(), pledged()];
    for (const record of [...mine, ...others]) await collaterals.replace(record);
    const applicationId = mine[0]?.applicationId ?? '';
    const byId = mine.toSorted((a, b) => (a.collateralId < b.collateralId ? -1 : 1));
    expect(await collaterals.list(applicationId)).toEqual(byId);
    expect(await collaterals.list('app_00000000000000000000000000')).toEqual([]);
  });

  it('stores a change once, and only of the version that was read', async () => {
    const collaterals = make();
    const [record] = pledged();
    if (record === undefined) throw new Error('nothing is pledged');
    await collaterals.replace(record);
    await expect(collaterals.replace(record)).rejects.toThrow(ConcurrentChange);
    const registered = registerCollateral(record, proofOf(record.applicationId));
    await collaterals.replace(registered);
    await expect(collaterals.replace(registered)).rejects.toThrow(ConcurrentChange);
    await collaterals.replace(requireRelease(registered, at));
    expect(await collaterals.list(record.applicationId)).toMatchObject([
      { status: 'ReleaseDue', version: 3 },
    ]);
  });
});
