import { describe, expect, it } from 'vitest';
import budget from '../../local/bench/cost-budget.json' with { type: 'json' };
import { costOf, Prices, usageOf } from '#local/bench/cost-of.ts';
import usEast1 from '../../local/bench/prices/us-east-1.json' with { type: 'json' };
import { countWork } from '#local/bench/count-usage.ts';

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

describe('the work of a platform', () => {
  it('uses no more than its budget, and 1,000 applications no more than 0.45 dollars', async () => {
    const counts = await countWork(10);
    for (const [work, allowed] of Object.entries(budget)) {
      const used = counts[work as keyof typeof budget];
      for (const [name, most] of Object.entries(allowed))
        expect(used[name as keyof typeof used], `${work} ${name}`).toBeLessThanOrEqual(most);
    }
    const lines = costOf(usageOf(counts.application), Prices.parse(usEast1), 1000);
    expect(lines.reduce((sum, { dollars }) => sum + dollars, 0)).toBeLessThanOrEqual(0.45);
    // A platform that does nothing would keep every budget.
    expect(counts.application.statesEntered).toBeGreaterThanOrEqual(6);
    expect(counts.noticedRepayment.writeUnits).toBeGreaterThan(0);
    expect(counts.reportedRepayment.writeUnits).toBeGreaterThan(0);
    expect(counts.closedLoan.writeUnits).toBeGreaterThan(0);
  }, 240_000);
});
