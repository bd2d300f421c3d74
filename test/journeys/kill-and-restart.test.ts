import { afterEach, expect, it } from 'vitest';
import { killAndRestart } from './kill-and-restart.ts';

const before = process.env['ZHUDAI_TABLES'];

afterEach(() => {
  process.env['ZHUDAI_TABLES'] = before;
});

/** The short form of `npm run test:kills`, with the tables as a user has them and in DynamoDB Local. */
it.each(['', 'dynamodb-local'])(
  'loses and doubles nothing when the platform is killed in the middle of its work (tables: "%s")',
  async (tables) => {
    process.env['ZHUDAI_TABLES'] = tables;
    const seed = Date.now() % 100_000;
    console.log(`seed ${seed}`);
    const report = await killAndRestart({ kills: 2, applications: 12, seed });
    expect(report.faults, JSON.stringify(report.standing)).toEqual([]);
    expect(report.byStatus['Disbursed']).toBeGreaterThan(0);
  },
  240_000,
);
