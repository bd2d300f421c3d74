import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startPlatformProcess } from '#local/bench/platform-process.ts';
import { walkLateDetours } from '../grants/late-detours.ts';

it('comes through what loans come to late, in few cases or after years', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-late-'));
  const platform = await startPlatformProcess({
    flags: ['--memory', '--isolate', '--empty', '--auto-operate'],
    dataDir,
  });
  try {
    expect(await walkLateDetours(platform)).toEqual([]);
  } finally {
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}, 600_000);
