import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPlatformProcess } from '../bench/platform-process.ts';
import { simulatePortfolio } from './simulate-portfolio.ts';

/**
 * npm run sim:portfolio [-- --loans 200 --months 14 --seed 20261126 --durable --json]
 *
 * A portfolio served for months on a platform of its own, audited at the end of each. Exits non-zero on any finding.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      loans: { type: 'string', default: '200' },
      months: { type: 'string', default: '14' },
      seed: { type: 'string', default: '20261126' },
      durable: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const dataDir = mkdtempSync(join(tmpdir(), 'zhudai-portfolio-'));
  const flags = ['--empty', '--auto-operate', ...(values.durable ? [] : ['--memory'])];
  const platform = await startPlatformProcess({ flags, dataDir });
  try {
    const report = await simulatePortfolio(platform, dataDir, {
      loans: Number(values.loans),
      months: Number(values.months),
      seed: Number(values.seed),
      onProgress: (line) => {
        console.error(line);
      },
    });
    if (values.json) console.log(JSON.stringify(report, undefined, 2));
    if (report.findings > 0) process.exitCode = 1;
  } finally {
    await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
