import { describe, expect, it } from 'vitest';
import { binNumbers } from '../../../../domain/underwriting/scorecard-fit/bin-numbers.ts';
import { groupWords } from '../../../../domain/underwriting/scorecard-fit/group-words.ts';

const limits = { binsMax: 6, loansMin: 10, shape: 'Monotone', gainMin: 0.5 } as const;

/** Loans with this value: so many good, so many bad. */
function loans<Value>(...groups: [value: Value, good: number, bad: number][]) {
  const rows = groups.flatMap(([value, good, bad]) => [
    ...Array.from({ length: good }, () => ({ value, isBad: false })),
    ...Array.from({ length: bad }, () => ({ value, isBad: true })),
  ]);
  return [rows.map(({ value }) => value), rows.map(({ isBad }) => isBad)] as const;
}

describe('binNumbers', () => {
  it('cuts at a value of the sample: the lower end is inside', () => {
    expect(binNumbers(...loans([1, 40, 10], [5, 20, 30]), limits)).toEqual([
      { below: 5, counts: { good: 40, bad: 10 } },
      { from: 5, counts: { good: 20, bad: 30 } },
    ]);
  });

  it('gives loans without a value a bin of their own', () => {
    const bins = binNumbers(
      ...loans<number | undefined>([1, 40, 10], [5, 20, 30], [undefined, 3, 2]),
      limits,
    );
    expect(bins.at(-1)).toEqual({ takes: 'Missing', counts: { good: 3, bad: 2 } });
  });

  it('makes one bin of a field that says nothing', () => {
    expect(binNumbers(...loans([1, 20, 5], [2, 20, 5]), limits)).toEqual([
      { counts: { good: 40, bad: 10 } },
    ]);
  });

  it('loses no loan of a field with a thousand different values', () => {
    const values = Array.from({ length: 1000 }, (_, row) => row / 4);
    const isBad = values.map((value, row) => row % 7 < value / 50);
    const bins = binNumbers(values, isBad, limits);
    const counted = bins.reduce((sum, { counts }) => sum + counts.good + counts.bad, 0);
    expect(counted).toBe(1000);
    expect(bins.length).toBeGreaterThan(2);
  });

  it('takes an empty field', () => {
    expect(binNumbers([undefined, undefined], [true, false], limits).at(-1)).toEqual({
      takes: 'Missing',
      counts: { good: 1, bad: 1 },
    });
  });
});

describe('groupWords', () => {
  it('orders words from worst to best and puts together what says the same', () => {
    const bins = groupWords(...loans(['Rent', 10, 30], ['Own', 35, 5], ['Free', 10, 30]), limits);
    expect(bins).toEqual([
      { words: ['Free', 'Rent'], counts: { good: 20, bad: 60 } },
      { words: ['Own'], counts: { good: 35, bad: 5 } },
    ]);
  });

  it('lets unseen words fall where the rare ones are', () => {
    const bins = groupWords(
      ...loans(['Rent', 10, 30], ['Own', 35, 5], ['Boat', 3, 1], ['Tent', 0, 3]),
      limits,
    );
    expect(bins[0]).toEqual({ words: ['Boat', 'Rent', 'Tent'], counts: { good: 13, bad: 34 } });
    expect(bins.at(-1)).toEqual({ takes: 'Unseen', counts: { good: 13, bad: 34 } });
  });

  it('has no bin for unseen words when none is rare', () => {
    const bins = groupWords(...loans(['Rent', 10, 30], ['Own', 35, 5]), limits);
    expect(bins.map((bin) => 'takes' in bin)).toEqual([false, false]);
  });

  it('gives loans without a word a bin of their own', () => {
    const bins = groupWords(
      ...loans<string | undefined>(['Rent', 10, 30], [undefined, 1, 4]),
      limits,
    );
    expect(bins).toEqual([
      { words: ['Rent'], counts: { good: 10, bad: 30 } },
      { takes: 'Missing', counts: { good: 1, bad: 4 } },
    ]);
    expect(groupWords([undefined], [true], limits)).toEqual([
      { takes: 'Missing', counts: { good: 0, bad: 1 } },
    ]);
  });
});
