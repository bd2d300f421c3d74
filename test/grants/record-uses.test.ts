import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A suite of its own, of two files that start no platform: whole, it leaves everything granted unused. */
let suite: string;

beforeAll(() => {
  suite = realpathSync(mkdtempSync(join(tmpdir(), 'zhudai-suite-')));
  mkdirSync(join(suite, 'test'));
  const setup = join(import.meta.dirname, 'record-uses.ts');
  const config = { test: { globals: true, include: ['test/**/*.test.ts'], globalSetup: [setup] } };
  writeFileSync(join(suite, 'vitest.config.ts'), `export default ${JSON.stringify(config)};`);
  for (const name of ['a', 'b'])
    writeFileSync(join(suite, 'test', `${name}.test.ts`), `it('says ${name}', () => {});`);
});

afterAll(() => {
  rmSync(suite, { recursive: true, force: true });
});

function run(...words: readonly string[]): { status: number | null; said: string } {
  return runWith({}, ...words);
}

function runWith(
  variables: Readonly<Record<string, string>>,
  ...words: readonly string[]
): { status: number | null; said: string } {
  const { ZHUDAI_USED_ACTIONS: _, ...env } = process.env;
  const vitest = join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', suite, ...words],
    { encoding: 'utf8', env: { ...env, ...variables, NO_COLOR: '1' } },
  );
  return { status, said: `${stdout}${stderr}` };
}

describe('the end of a run of tests', () => {
  it('fails a whole suite that used nothing, by the name of each grant', () => {
    const { status, said } = run();
    expect(said).toContain('Tests  2 passed');
    expect(said).toContain('granted, but used by nothing in the whole suite');
    expect(said).toMatch(/AuthorisePartnerRole\w+ dynamodb:GetItem arn:aws:dynamodb:/);
    expect(status).toBe(1);
  }, 60_000);

  it.each([
    ['a filter', ['test/a']],
    ['a shard', ['--shard', '1/2']],
    ['an excluded file', ['--exclude', 'test/b.test.ts']],
    ['a name', ['-t', 'says']],
  ])(
    'judges no part of the suite: %s',
    (_, words) => {
      const { status, said } = run(...words);
      expect(said).not.toContain('granted, but');
      expect(said).toMatch(/Tests {2}[12] passed/);
      expect(status).toBe(0);
    },
    60_000,
  );

  it('leaves what was recorded in a folder that was given, and judges what was refused there', () => {
    const folder = join(suite, 'uses');
    mkdirSync(folder);
    const refused = { role: 'R', action: 'dynamodb:Scan', resource: 'table/A', isAllowed: false };
    writeFileSync(join(folder, '1.jsonl'), `${JSON.stringify(refused)}\n`);
    const { status, said } = runWith({ ZHUDAI_USED_ACTIONS: folder });
    expect(said).toContain('used, but not granted:\nR dynamodb:Scan table/A');
    expect(said).not.toContain('granted, but');
    expect(readdirSync(folder)).toEqual(['1.jsonl']);
    expect(status).toBe(1);
  }, 60_000);
});
