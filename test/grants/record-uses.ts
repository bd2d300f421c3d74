import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readUses } from './compare-grants.ts';

/**
 * Around every run of tests: whatever platforms the tests start write down what their functions, machines and schedules
 * did. Nothing may have been refused, or a grant is missing.
 */
export default function recordUses(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'zhudai-uses-'));
  process.env['ZHUDAI_USED_ACTIONS'] = directory;
  return () => {
    const { refused } = readUses(directory);
    rmSync(directory, { recursive: true, force: true });
    if (refused.length === 0) return;
    const missing = new Set(
      refused.map(({ role, action, resource }) => `${role}: ${action} on ${resource}`),
    );
    throw new Error(`used, but not granted:\n${[...missing].join('\n')}`);
  };
}
