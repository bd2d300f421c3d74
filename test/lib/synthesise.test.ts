import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, describe, it } from 'vitest';
import { synthesise } from '#lib/synthesise.ts';

const outdir = mkdtempSync(join(tmpdir(), 'zhudai-templates-'));
afterAll(() => {
  rmSync(outdir, { recursive: true });
});

describe('synthesise', () => {
  it('writes the data before what stands on it', async () => {
    const paths = await synthesise(outdir, { stage: 'local' });
    expect(paths.map((path) => basename(path))[0]).toBe('Data.template.json');
    expect(paths.map((path) => basename(path)).sort()).toEqual([
      'Api.template.json',
      'Callbacks.template.json',
      'Data.template.json',
      'Operations.template.json',
      'Operators.template.json',
      'Risk.template.json',
      'Servicing.template.json',
    ]);
    for (const path of paths)
      expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveProperty('Resources');
  });

  it('finds the templates of an unchanged definition again', async () => {
    const [first = ''] = await synthesise(outdir, { stage: 'local' });
    const writtenAt = statSync(first).mtimeMs;
    const [second = ''] = await synthesise(outdir, { stage: 'local' });
    expect(second).toBe(first);
    expect(statSync(second).mtimeMs).toBe(writtenAt);
  });

  it('keeps stages apart', async () => {
    const [local] = await synthesise(outdir, { stage: 'local' });
    const [other] = await synthesise(outdir, { stage: 'other' });
    expect(other).not.toBe(local);
  });
});
