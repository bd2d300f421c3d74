import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakePlatform } from './fake-platform.ts';

const bin = join(import.meta.dirname, '../../../local/cli/zhudai.ts');
const platform = new FakePlatform();
beforeAll(async () => {
  await platform.start();
});
afterAll(async () => {
  await platform.stop();
});

function zhudai(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [bin, ...words], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end('{"externalId":"CLI-1"}');
  });
}

describe('zhudai', () => {
  it('can be run as it lies there', () => {
    expect(() => {
      accessSync(bin, constants.X_OK);
    }).not.toThrow();
  });

  it.each([
    'start',
    'replay',
    'apply',
    'status',
    'advance',
    'audit',
    'tasks',
    'quote',
    'loan',
    'pay',
    'payoff',
  ])('names %s in its help', async (name) => {
    expect((await zhudai('--help')).stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('sends an application from standard input', async () => {
    const { code, stdout } = await zhudai('apply', '-', '--url', platform.url, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'Received' });
    expect([...platform.applications.values()].map(({ externalId }) => externalId)).toEqual([
      'CLI-1',
    ]);
  });

  it('answers a replay in JSON without a word beside it', async () => {
    platform.fateOf = () => 'Declined';
    const { stdout } = await zhudai('replay', '--count', '2', '--url', platform.url, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ byStatus: { Declined: 2 } });
  });

  it('says what to do when no platform answers', async () => {
    const { code, stderr } = await zhudai('apply', '-', '--url', 'http://127.0.0.1:9');
    expect(code).toBe(1);
    expect(stderr).toContain('npm start');
  });

  it('says what to do when a key or token does not fit', async () => {
    platform.nextStatuses.push(401);
    const { code, stderr } = await zhudai('cases', '--url', platform.url);
    expect(code).toBe(1);
    expect(stderr).toContain('say with --data');
  });

  it.each([
    { words: ['advance', 'soon'], says: 'is no duration' },
    { words: ['replay', '--count', 'many'], says: '--count must be a whole number' },
    { words: ['nonsense'], says: 'unknown command' },
  ])('refuses $words', async ({ words, says }) => {
    const { code, stderr } = await zhudai(...words);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
  });
});
