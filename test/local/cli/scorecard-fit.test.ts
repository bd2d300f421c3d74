import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCatalogFile } from '#domain/catalog/load-catalog.ts';
import { describeFit, fitFile, type FitFlags } from '#local/cli/scorecard-fit.ts';
import { scorecardText } from '#local/cli/scorecard-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'zhudai-fit-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const root = new URL('../../../', import.meta.url);
const german = new URL('local/samples/german.data', root).pathname;
const taiwan = new URL('test/data/taiwan_card_30000.csv.gz', root).pathname;
const flags: FitFlags = { folds: '5', seed: '1', bad: '1' };
const quietly = () => undefined;

/** A made-up file of loans: a burden that tells, a region, an outcome. */
function madeUp(name: string, changes: (lines: string[]) => string[] = (lines) => lines): string {
  const rows = Array.from({ length: 300 }, (_, row) => {
    const burden = (row * 37) % 100;
    const isBad = (row * 61) % 100 < burden * 0.8;
    return `${row % 20 === 0 ? '' : burden},${row % 3 === 0 ? 'North' : 'South'},${isBad ? 1 : 0}`;
  });
  const file = join(folder, name);
  writeFileSync(file, changes(['burden,region,default', ...rows]).join('\n'));
  return file;
}

describe('fitFile', () => {
  it('fits the German set within 0.005 of the references (AUC 0.792, KS 0.499), out of fold', () => {
    const report = fitFile(german, flags, quietly);
    expect(report.auc).toBeGreaterThanOrEqual(0.787);
    expect(report.ks).toBeGreaterThanOrEqual(0.494);
    expect(report.perFold).toHaveLength(50);
    expect(report.leftOut.map(({ because }) => because)).toEqual([
      'sex and marital status',
      'nationality or descent',
    ]);
  });

  it('makes the shipped card of the sample product again, byte for byte', () => {
    const out = join(folder, 'person.json');
    fitFile(german, { ...flags, out }, quietly);
    const shipped = readFileSync(new URL('catalog/scorecards/person.json', root), 'utf8');
    expect(readFileSync(out, 'utf8')).toBe(shipped);
  });

  it('fits the Taiwan set within 0.005 of the references (AUC 0.770, KS 0.417), out of fold', () => {
    const report = fitFile(taiwan, flags, quietly);
    expect(report.auc).toBeGreaterThanOrEqual(0.765);
    expect(report.ks).toBeGreaterThanOrEqual(0.412);
    expect(report.leftOut.map(({ field }) => field)).toEqual(['SEX', 'MARRIAGE']);
  }, 120_000);

  it('reads a CSV, packed or not, and answers a card that the catalog takes', () => {
    const file = madeUp('loans.csv');
    const report = fitFile(file, flags, quietly);
    expect(report).toMatchObject({ loans: 300, repeats: 10, folds: 5 });
    expect(() => loadCatalogFile('scorecard', report.scorecard)).not.toThrow();
    const packed = join(folder, 'loans.csv.gz');
    writeFileSync(packed, gzipSync(readFileSync(file)));
    expect(fitFile(packed, flags, quietly).auc).toBe(report.auc);
  });

  it('gives loans without a value a bin of their own', () => {
    const report = fitFile(madeUp('missing.csv'), flags, quietly);
    expect(JSON.stringify(report.scorecard)).toContain('"takes":"Missing"');
  });

  it('takes fields, shapes and names from a plan', () => {
    const plan = join(folder, 'plan.json');
    writeFileSync(
      plan,
      JSON.stringify({
        scorecardId: 'ours',
        version: 3,
        fields: [{ field: 'burden', shape: 'Monotone', reasonCode: 'ScoreBurden' }],
      }),
    );
    const out = join(folder, 'ours.json');
    fitFile(madeUp('planned.csv'), { ...flags, plan, out }, quietly);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
      scorecardId: 'ours',
      version: 3,
      attributes: [{ field: 'burden', reasonCode: 'ScoreBurden' }],
    });
  });

  it('says what the grades lose where fewer loans go bad, and leaves every point as it was', () => {
    const file = madeUp('population.csv');
    const sample = fitFile(file, flags, quietly);
    const report = fitFile(file, { ...flags, populationBadRate: '0.05' }, quietly);
    const { population: _, ...card } = report.scorecard as { population: object };
    expect(card).toEqual(sample.scorecard);
    expect(describeFit(sample).join('\n')).toContain('say so with --population-bad-rate');
    expect(describeFit(report).join('\n')).toContain('in population (5.00 % bad instead of');
    for (const { badShare = 0, populationBadShare = 0 } of report.population?.grades ?? [])
      if (badShare > 0) expect(populationBadShare).toBeLessThan(badShare);
    expect(describeFit(fitFile(german, flags, quietly)).join('\n')).toMatch(
      /\nA +186 +8 +4\.30 % +0\.55 %\n/,
    );
  });

  it.each([
    ...['5', '0', '1', '-0.1', 'few'].map((rate) => ({
      what: `${rate} as a bad rate`,
      change: { populationBadRate: rate },
      says: '--population-bad-rate must be a share',
    })),
    { what: 'a target that is not there', change: { target: 'ended' }, says: 'no column ended' },
    { what: 'a bad word nobody says', change: { bad: 'yes' }, says: 'must say yes for bad' },
    { what: 'one fold', change: { folds: '1' }, says: '--folds must be a whole number from 2' },
    { what: 'half a seed', change: { seed: '1.5' }, says: '--seed must be a whole number' },
    { what: 'no repeat', change: { repeats: '0' }, says: '--repeats must be' },
  ])('refuses $what', ({ change, says }) => {
    expect(() => fitFile(madeUp('refused.csv'), { ...flags, ...change }, quietly)).toThrow(says);
  });

  it.each([
    { what: 'a header alone', lines: (all: string[]) => all.slice(0, 1), says: 'has no loans' },
    {
      what: 'a loan without an outcome',
      lines: (all: string[]) => [...all, '5,North,'],
      says: 'loan 301 has no outcome',
    },
    {
      what: 'a column named twice',
      lines: (all: string[]) => ['burden,burden,default', ...all.slice(1)],
      says: 'names burden twice',
    },
    {
      what: 'a third outcome',
      lines: (all: string[]) => [...all, '5,North,2'],
      says: 'must say 1 for bad and one other word',
    },
  ])('refuses a file with $what', ({ lines, says }) => {
    expect(() => fitFile(madeUp('broken.csv', lines), flags, quietly)).toThrow(says);
  });

  it('refuses a plan that asks for a protected field, or for one that is not there', () => {
    for (const [field, says] of [
      ['sex', 'may not be scored'],
      ['income', 'no column income'],
    ] as const) {
      const plan = join(folder, `${field}.json`);
      writeFileSync(plan, JSON.stringify({ fields: [{ field }] }));
      expect(() => fitFile(madeUp('asked.csv'), { ...flags, plan }, quietly)).toThrow(says);
    }
  });

  it('refuses words in a field declared a number', () => {
    const plan = join(folder, 'number.json');
    writeFileSync(plan, JSON.stringify({ fields: [{ field: 'region', kind: 'Number' }] }));
    expect(() => fitFile(madeUp('words.csv'), { ...flags, plan }, quietly)).toThrow(
      'region of loan 1 is no number: North',
    );
  });

  it('tells people every figure, fold by fold', () => {
    const text = describeFit(fitFile(madeUp('told.csv'), flags, quietly)).join('\n');
    expect(text).toContain('300 loans');
    expect(text).toMatch(/\n {3}5 +59 /);
    expect(text).toContain('write the card with --out FILE');
  });
});

describe('scorecardText', () => {
  it('keeps a list of words on one line while it fits', () => {
    const words = Array.from({ length: 12 }, (_, at) => `Word${at}`);
    expect(scorecardText({ a: ['x', 'y'], b: [], c: {}, d: [{ e: 1 }], left: undefined })).toBe(
      '{\n  "a": ["x", "y"],\n  "b": [],\n  "c": {},\n  "d": [\n    {\n      "e": 1\n    }\n  ]\n}\n',
    );
    expect(scorecardText({ words })).toContain('"words": [\n    "Word0",\n');
  });
});
