import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readUses } from './compare-grants.ts';
import { excuses } from './excuses.ts';
import { granted } from './granted.ts';
import { faultsOf, type Run } from './judge-run.ts';

/**
 * Around every run of tests: whatever platforms the tests start write down what their functions, machines and schedules
 * did. Nothing may have been refused, or a grant is missing; after a run of the whole suite nothing may be granted that
 * no platform of it used. Whoever sets ZHUDAI_USED_ACTIONS to a folder of their own finds the uses there afterwards, which
 * are theirs to judge: an earlier run may have left some.
 */
export default function recordUses(project: TestProject): () => Promise<void> {
  const kept = process.env['ZHUDAI_USED_ACTIONS'];
  const directory = kept ?? mkdtempSync(join(tmpdir(), 'zhudai-uses-'));
  process.env['ZHUDAI_USED_ACTIONS'] = directory;
  return async () => {
    const uses = readUses(directory);
    if (kept === undefined) rmSync(directory, { recursive: true, force: true });
    const run = runOf(project);
    // With what an earlier run left, this one would be judged too mildly.
    const isNarrowed = run.isNarrowed || kept !== undefined;
    const faults = await faultsOf({ ...run, isNarrowed }, uses, granted, excuses);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  };
}

function runOf({ vitest, config }: TestProject): Run {
  const modules = vitest.state.getTestModules();
  const { testNamePattern, tagsFilter = [] } = vitest.config;
  const isOnlySome = modules.some(({ children }) =>
    [...children.allTests()].some(({ options }) => options.mode === 'only'),
  );
  return {
    files: globSync(config.include, { cwd: config.root }).map((file) => join(config.root, file)),
    passed: modules.filter((module) => module.state() === 'passed').map(({ moduleId }) => moduleId),
    isNarrowed: testNamePattern !== undefined || tagsFilter.length > 0 || isOnlySome,
  };
}
