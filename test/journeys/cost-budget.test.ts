import { describe, expect, it } from 'vitest';
import budget from '../../local/bench/cost-budget.json' with { type: 'json' };
import { costOf, type Prices } from '#local/bench/cost-of.ts';
import { countPerApplication } from '#local/bench/count-usage.ts';

const prices: Prices = {
  region: 'nowhere',
  asOf: '2026-11',
  currency: 'USD',
  source: 'round numbers',
  stateTransition: 0.01,
  lambdaRequest: 1,
  lambdaGigabyteSecond: 1,
  writeUnit: 1,
  readUnit: 1,
  restRequest: 1,
  customEvent: 1,
  logGigabyte: 1_000_000,
};

describe('costOf', () => {
  it('multiplies what was used by its price, the dearest first', () => {
    const nothing = {
      invocations: 0,
      gigabyteSeconds: 0,
      readUnits: 0,
      apiRequests: 0,
      eventsPut: 0,
    };
    const usage = { ...nothing, statesEntered: 15, writeUnits: 2, logKilobytes: 3 };
    expect(costOf(usage, prices, 10).slice(0, 3)).toEqual([
      { what: 'logKilobytes', used: 30, dollars: 30 },
      { what: 'writeUnits', used: 20, dollars: 20 },
      { what: 'statesEntered', used: 150, dollars: 1.5 },
    ]);
  });
});

describe('a straight-through application', () => {
  it('uses no more than its budget', async () => {
    const counts = await countPerApplication(10);
    for (const name of [
      'statesEntered',
      'invocations',
      'apiRequests',
      'eventsPut',
      'readUnits',
      'writeUnits',
    ] as const) {
      expect(counts[name], name).toBeLessThanOrEqual(budget.perApplication[name]);
      expect(counts[name], name).toBeGreaterThan(0);
    }
  }, 240_000);
});
