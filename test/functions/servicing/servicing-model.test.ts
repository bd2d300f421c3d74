import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runModels, startModelDatabase, type ModelReport } from './servicing-model.ts';

/** The long form, 2,000 seeds: `npm run test:servicing-model -- 2000`. */
const FIRST_SEED = Number(process.env['FIRST_SEED'] ?? 1);
const RUNS = Number(process.env['RUNS'] ?? 60);

let database: Awaited<ReturnType<typeof startModelDatabase>>;
beforeAll(async () => {
  database = await startModelDatabase();
});
afterAll(() => database.stop());

function describeRun({ seed, faults, trace }: ModelReport): string {
  return [`seed ${seed}: ${faults.join('; ')}`, ...trace].join('\n  ');
}

describe('the money of a loan after payout', () => {
  it(
    `keeps its invariants in ${RUNS} runs under faults from seed ${FIRST_SEED}`,
    { timeout: 240_000 },
    async () => {
      const seeds = Array.from({ length: RUNS }, (_, index) => FIRST_SEED + index);
      const reports = await runModels(seeds, database.documents);
      expect(reports.filter(({ faults }) => faults.length > 0).map(describeRun)).toEqual([]);
      expect(reports).toHaveLength(RUNS);
    },
  );
});
