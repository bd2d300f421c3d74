import { describe, expect, it } from 'vitest';
import { faultsOf, isWhole, type Run } from './judge-run.ts';

const files = ['/test/a.test.ts', '/test/b.test.ts'];
const whole: Run = { files, passed: files, isNarrowed: false };
const read = { role: 'Reader', action: 'dynamodb:GetItem', resource: 'table/A' };
const planted = { ...read, action: 'dynamodb:DeleteItem' };
const used = { used: [read], refused: [] };
const grants = () => Promise.resolve([read, planted]);

describe('a run of tests', () => {
  it('is of the whole suite when every file ran and passed', () => {
    expect(isWhole(whole)).toBe(true);
  });

  it.each([
    ['a filter, a shard or an excluded file', { passed: files.slice(1) }],
    ['a name, a tag or an only', { isNarrowed: true }],
    ['a folder without tests', { files: [], passed: [] }],
  ])('is not of the whole suite with %s', (_, difference) => {
    expect(isWhole({ ...whole, ...difference })).toBe(false);
  });
});

describe('the judgement of a run', () => {
  it('has nothing against a whole suite that used everything', async () => {
    const uses = { used: [read, planted], refused: [] };
    expect(await faultsOf(whole, uses, grants, [])).toEqual([]);
  });

  it('names a grant that nobody used in the whole suite', async () => {
    const [fault, ...others] = await faultsOf(whole, used, grants, []);
    expect(fault).toContain('granted, but used by nothing in the whole suite');
    expect(fault).toContain('\nReader dynamodb:DeleteItem table/A');
    expect(fault).not.toContain('GetItem');
    expect(others).toEqual([]);
  });

  it('says nothing of it after a part of the suite', async () => {
    expect(await faultsOf({ ...whole, passed: [] }, used, grants, [])).toEqual([]);
  });

  it('names what was refused after a part of the suite as well', async () => {
    const uses = { used: [], refused: [planted] };
    for (const run of [whole, { ...whole, passed: [] }])
      expect((await faultsOf(run, uses, grants, []))[0]).toBe(
        'used, but not granted:\nReader dynamodb:DeleteItem table/A',
      );
  });

  it('accepts an excuse and reports the one that covers nothing granted', async () => {
    const excuse = { action: /DeleteItem$/, role: /^Reader$/, reason: 'a test' };
    expect(await faultsOf(whole, used, grants, [excuse])).toEqual([]);
    const idle = { ...excuse, role: /^Nobody$/ };
    expect(await faultsOf(whole, used, grants, [excuse, idle])).toEqual([
      expect.stringMatching(/^excuses for nothing.*\n.*Nobody/),
    ]);
  });
});
