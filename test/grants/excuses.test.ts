import { expect, it } from 'vitest';
import { compareGrants } from './compare-grants.ts';
import { excuses } from './excuses.ts';
import { granted } from './granted.ts';

it('has no excuse that covers no grant of the templates', async () => {
  const nothing = { used: [], refused: [] };
  expect(compareGrants(await granted(), nothing, excuses).idleExcuses).toEqual([]);
}, 60_000);
