import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { raceRound } from './payment-races.ts';

/** The long form, 1,000 rounds: `npm run test:payment-races`. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 10);

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

it(`posts each of ten payments at once exactly once, in ${ROUNDS} rounds`, async () => {
  for (let seed = 1; seed <= ROUNDS; seed += 1)
    expect({ seed, faults: await raceRound(seed, database.documents) }).toEqual({
      seed,
      faults: [],
    });
}, 120_000);
