import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startPlatformProcess } from '#local/bench/platform-process.ts';
import { walkDetours } from '../grants/detours.ts';

it('comes through what is refused, fails, is late or rare, with functions that share nothing', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-detours-'));
  const platform = await startPlatformProcess({
    flags: ['--memory', '--isolate', '--empty'],
    dataDir,
  });
  try {
    expect(await walkDetours(platform)).toEqual([]);
  } finally {
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}, 600_000);
