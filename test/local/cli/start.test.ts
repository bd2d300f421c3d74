import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'zhudai-start-'));
const root = join(import.meta.dirname, '../../..');

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function start(flags: readonly string[], path = process.env['PATH']) {
  return spawnSync(process.execPath, ['local/run.ts', ...flags], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  });
}

describe('npm start says what to do', () => {
  it('with --help', () => {
    const { status, stdout } = start(['--help']);
    expect(status).toBe(0);
    for (const flag of ['--port', '--data', '--memory', '--empty', '--auto-operate'])
      expect(stdout).toContain(flag);
    expect(stdout).toContain('--manual-borrower');
  });

  it.each([
    { flags: ['--bogus'], says: "Unknown option '--bogus'" },
    { flags: ['--port', 'abc'], says: '--port must be a number' },
  ])('when it is given $flags', ({ flags, says }) => {
    const { status, stderr } = start(flags);
    expect(status).toBe(1);
    expect(stderr.startsWith(says)).toBe(true);
  });

  const flags = ['--port', '0', '--empty', '--data', join(folder, 'data')];
  it('when there is no Java', () => {
    const { status, stderr } = start(flags, folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^No "java" is on the PATH\./);
    expect(stderr).toContain('apt-get install openjdk-17-jre-headless');
    expect(stderr).not.toContain('    at ');
  }, 60_000);

  it('when Java is too old', () => {
    const java = join(folder, 'java');
    writeFileSync(java, '#!/bin/sh\necho "openjdk version \\"11.0.2\\"" >&2\nexit 1\n');
    chmodSync(java, 0o755);
    const { status, stderr } = start(flags, `${folder}:/usr/bin:/bin`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^The "java" on the PATH is version 11\./);
  }, 60_000);
});
