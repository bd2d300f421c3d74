import { afterAll, beforeAll, expect, it } from 'vitest';
import { handler } from '#functions/underwriting/watch-models.ts';
import { DynamoModelCounters } from '#platform/repositories/model-counters.ts';
import { startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { invoke } from '#test/support/invoke.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(async () => {
  await world.stop();
});

it('reads cards and counters, and keeps a report, as it is deployed', async () => {
  const counters = new DynamoModelCounters(world.documents, 'Metrics', () => new Date());
  await counters.count({
    mark: 'decision#app_1',
    scorecard: 'person#0003',
    month: new Date().toISOString().slice(0, 7),
    counts: { decisions: 1, points: 600, 'band:5': 1 },
  });
  expect(await invoke(handler, { schedule: 'WatchModelsSchedule' })).toEqual({
    watched: 1,
    stale: 0,
    lpr: 'Stale',
  });
  expect(await counters.listReports()).toMatchObject([{ scorecard: 'person#0003', decisions: 1 }]);
});
