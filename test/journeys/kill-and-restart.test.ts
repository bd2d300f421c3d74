import { expect, it } from 'vitest';
import { killAndRestart } from './kill-and-restart.ts';

// The tables as a user has them, in files; `npm run test:kills -- --dynamodb-local` kills a platform that has them there.
process.env['ZHUDAI_TABLES'] = '';

/** The short form of `npm run test:kills`. */
it('loses and doubles nothing when the platform is killed in the middle of its work', async () => {
  const seed = Date.now() % 100_000;
  console.log(`seed ${seed}`);
  const report = await killAndRestart({ kills: 2, applications: 12, seed });
  expect(report.faults, JSON.stringify(report.standing)).toEqual([]);
  expect(report.byStatus['Disbursed']).toBeGreaterThan(0);
}, 240_000);
