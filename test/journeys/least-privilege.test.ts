import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startPlatformProcess } from '#local/bench/platform-process.ts';
import { walkEverywhere } from '../grants/walk.ts';

// What it used and what it was refused is judged with the rest of the suite: test/grants/record-uses.ts.
it('comes through everything, each function with modules, caches and KMS of its own', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-grants-'));
  const flags = ['--memory', '--isolate', '--empty', '--auto-operate'];
  const platform = await startPlatformProcess({ flags, dataDir });
  try {
    expect(await walkEverywhere(platform, dataDir)).toEqual([]);
  } finally {
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}, 600_000);
