import { expect, it } from 'vitest';
import { killDuringDayClose } from './day-close-kills.ts';

// The tables as a user has them, in files.
process.env['ZHUDAI_TABLES'] = '';

/** The short form of `npm run test:day-close-kills`. */
it('closes every healthy loan once and parks the others, killed in the middle of it', async () => {
  const report = await killDuringDayClose({ loans: 150, kills: 2, poisonShare: 0.02 });
  expect(report.faults).toEqual([]);
  expect(report).toMatchObject({ closedOnce: 147, parked: 3 });
}, 240_000);
