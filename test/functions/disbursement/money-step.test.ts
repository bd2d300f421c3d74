import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canaries, everythingTwice } from './money-canaries.ts';
import { installStoreFaults } from './money-run.ts';
import { runSeeds, type RunReport } from './money-step.faults.ts';
import { startMoneyDatabase, type MoneyDatabase } from './money-tables.ts';

/** The long form, 2,000 seeds: `node test/functions/disbursement/money-step.faults.ts`. */
const FIRST_SEED = Number(process.env['FIRST_SEED'] ?? 1);
const RUNS = Number(process.env['RUNS'] ?? 200);
const CANARY_RUNS_MAX = 1_000;

let database: MoneyDatabase;

beforeAll(async () => {
  database = await startMoneyDatabase();
  installStoreFaults(database.documents);
});

afterAll(() => database.stop());

function seedsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function describeRun({ seed, abilities, faults, trace }: RunReport): string {
  return [`seed ${seed} (${abilities}): ${faults.join('; ')}`, ...trace].join('\n  ');
}

describe('the money step', () => {
  it(
    `pays once or not at all in ${RUNS} runs from seed ${FIRST_SEED}, by the books of the bank`,
    { timeout: 120_000 },
    async () => {
      const reports = await runSeeds(seedsFrom(FIRST_SEED, RUNS), database.documents);
      const bad = reports.filter(({ faults }) => faults.length > 0);
      expect(bad.map(describeRun)).toEqual([]);
      expect(reports).toHaveLength(RUNS);
      expect(new Set(reports.map(({ ended }) => ended))).toEqual(new Set(['Paid', 'GivenUp']));
    },
  );

  it('bears that each attempt is delivered twice at once', { timeout: 120_000 }, async () => {
    const seeds = seedsFrom(200_000, 60);
    const reports = await runSeeds(seeds, database.documents, { canary: everythingTwice });
    expect(reports.filter(({ faults }) => faults.length > 0).map(describeRun)).toEqual([]);
  });

  it.each(canaries)('finds out when $name', { timeout: 240_000 }, async (canary) => {
    let found: RunReport | undefined;
    await runSeeds(seedsFrom(100_000, CANARY_RUNS_MAX), database.documents, {
      canary,
      onReport: (report) => {
        if (report.faults.some((fault) => /^I[34]/.test(fault))) found ??= report;
        return found !== undefined;
      },
    });
    expect(found).toBeDefined();
  });
});
