import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatformProcess } from '#local/bench/platform-process.ts';
import { grantsOf } from '#local/hosting/permissions.ts';
import { Assembly } from '#local/hosting/template.ts';
import { synthesise } from '#lib/synthesise.ts';
import { compareGrants, readUses, type Comparison } from '../grants/compare-grants.ts';
import { excuses } from '../grants/excuses.ts';
import { walkEverywhere } from '../grants/walk.ts';

let comparison: Comparison;
let stumbles: readonly string[];
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-grants-'));
  const recordedIn = join(dataDir, 'uses');
  const flags = ['--memory', '--isolate', '--empty', '--auto-operate'];
  const before = process.env['ZHUDAI_USED_ACTIONS'];
  process.env['ZHUDAI_USED_ACTIONS'] = recordedIn;
  const platform = await startPlatformProcess({ flags, dataDir });
  if (before === undefined) delete process.env['ZHUDAI_USED_ACTIONS'];
  else process.env['ZHUDAI_USED_ACTIONS'] = before;
  try {
    stumbles = await walkEverywhere(platform, dataDir);
  } finally {
    await platform.stop();
  }
  comparison = compareGrants(await grants(), readUses(recordedIn), excuses);
}, 600_000);

afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function grants(): Promise<ReturnType<typeof grantsOf>> {
  const cache = join(import.meta.dirname, '../../node_modules/.cache/zhudai');
  const [first = ''] = await synthesise(cache, { stage: 'local' });
  const nowhere = 'http://127.0.0.1:1';
  const parameters = { CallbackBaseUrl: nowhere, OidcIssuer: nowhere, OidcAudience: 'zhudai' };
  return grantsOf(new Assembly(dirname(first), parameters));
}

describe('a walk through everything, each function with modules and caches of its own', () => {
  it('comes through', () => {
    expect(stumbles).toEqual([]);
  });

  it('is refused nothing: what is used is granted', () => {
    expect(comparison.refused).toEqual([]);
  });

  it('uses what is granted, but for what is excused in writing', () => {
    expect(comparison.unused).toEqual([]);
  });

  it('has no use for an excuse that covers no grant', () => {
    expect(comparison.idleExcuses).toEqual([]);
  });
});
