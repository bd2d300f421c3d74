import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { simulatePortfolio } from '#local/simulation/simulate-portfolio.ts';

let platform: PlatformProcess;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-portfolio-'));
  const flags = ['--empty', '--auto-operate', '--memory'];
  platform = await startPlatformProcess({ flags, dataDir });
}, 120_000);

afterAll(async () => {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('a portfolio served for two months', () => {
  // The long form is `npm run sim:portfolio`: two hundred loans, fourteen months.
  it('agrees with the books of the bank to the fen at the end of each', async () => {
    const report = await simulatePortfolio(platform, dataDir, { loans: 12, months: 2, seed: 4 });
    expect(report.monthEnds.flatMap(({ findings }) => findings)).toEqual([]);
    expect(report.monthEnds.map(({ heldFen }) => heldFen)).toEqual(
      report.monthEnds.map(({ bankFen }) => bankFen),
    );
    const [first, second] = report.monthEnds.map(({ payments }) => payments);
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first ?? 0);
    expect(Object.keys(report.byKind).length).toBeGreaterThan(2);
  }, 240_000);
});
