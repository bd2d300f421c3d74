import * as z from 'zod';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileTable,
  decisionTable,
  tableFaults,
  type DecisionTable,
} from '../../../domain/catalog/decision-table.ts';

const grade = { fact: 'grade', words: ['A', 'B'] };
const term = { fact: 'termMonths', isRange: true as const };

interface Row {
  readonly rowId: string;
  readonly when: Readonly<Record<string, string[] | { from?: number; below?: number }>>;
}
const tableOf = (rows: readonly Row[], dimensions: unknown[] = [grade, term]) =>
  decisionTable(z.string()).safeParse({
    dimensions,
    rows: rows.map((row) => ({ ...row, then: row.rowId })),
  });
const faultsOf = (rows: readonly Row[], dimensions?: unknown[]): string[] =>
  tableOf(rows, dimensions).error?.issues.map(({ message }) => message) ?? [];

const whole: Row[] = [
  { rowId: 'a-short', when: { grade: ['A'], termMonths: { below: 13 } } },
  { rowId: 'a-long', when: { grade: ['A'], termMonths: { from: 13 } } },
  { rowId: 'b', when: { grade: ['B'] } },
];

describe('decisionTable', () => {
  it('takes a table that answers every case once', () => {
    expect(faultsOf(whole)).toEqual([]);
  });

  it.each([
    {
      name: 'a hole between two ranges',
      rows: [
        whole[0],
        { rowId: 'a-long', when: { grade: ['A'], termMonths: { from: 14 } } },
        whole[2],
      ],
      fault: 'no row takes grade A, termMonths from 13 below 14; the nearest is a-short',
    },
    {
      name: 'a word nobody takes',
      rows: [whole[0], whole[1]],
      fault: 'no row takes grade B, termMonths below 13; the nearest is a-short',
    },
    {
      name: 'an overlap',
      rows: [
        whole[0],
        { rowId: 'a-long', when: { grade: ['A'], termMonths: { from: 12 } } },
        whole[2],
      ],
      fault: 'rows a-short and a-long both take grade A, termMonths from 12 below 13',
    },
    {
      name: 'a dimension that is not the table’s',
      rows: [...whole.slice(0, 2), { rowId: 'b', when: { grade: ['B'], sex: ['F'] } }],
      fault: 'row b reads sex, which is no dimension of its table',
    },
    {
      name: 'an unknown word',
      rows: [...whole.slice(0, 2), { rowId: 'b', when: { grade: ['B', 'Z'] } }],
      fault: 'row b knows no grade Z',
    },
    {
      name: 'words for a range',
      rows: [...whole, { rowId: 'c', when: { termMonths: ['12'] } }],
      fault: 'row c gives words for termMonths, which is a range',
    },
    {
      name: 'a range for words',
      rows: [...whole, { rowId: 'c', when: { grade: { from: 1 } } }],
      fault: 'row c gives a range for grade, which has words',
    },
    {
      name: 'an empty range',
      rows: [...whole, { rowId: 'c', when: { termMonths: { from: 5, below: 5 } } }],
      fault: 'row c has an empty range of termMonths',
    },
    {
      name: 'two rows of one name',
      rows: [...whole, { rowId: 'b', when: { grade: ['B'] } }],
      fault: 'two rows are called b',
    },
  ])('refuses $name and names the row', ({ rows, fault }) => {
    expect(faultsOf(rows.filter((row) => row !== undefined))).toContain(fault);
  });

  it('refuses a dimension that is there twice', () => {
    expect(faultsOf(whole, [grade, term, grade])).toContain('the dimension grade is there twice');
  });

  it('refuses a field that a row does not have', () => {
    expect(tableOf([{ ...whole[0], note: 'x' } as never, ...whole.slice(1)]).success).toBe(false);
  });

  it('names the first few of many holes', () => {
    const cuts = Array.from({ length: 40 }, (_, at) => ({
      rowId: `r${String(at)}`,
      when: { grade: ['A'], termMonths: { from: at * 2, below: at * 2 + 1 } },
    }));
    expect(faultsOf(cuts)).toHaveLength(5);
  });

  it('refuses a table of too many cases instead of checking it for minutes', () => {
    const dimensions = ['a', 'b', 'c'].map((fact) => ({ fact, isRange: true }));
    const rows = ['a', 'b', 'c'].flatMap((fact) =>
      Array.from({ length: 20 }, (_, at) => ({
        rowId: `${fact}${String(at)}`,
        when: { [fact]: { from: at * 2, below: at * 2 + 1 } },
      })),
    );
    expect(faultsOf(rows, dimensions)[0]).toMatch(/cases are too many/);
  });

  it('finds exactly the row that takes a case, for random whole tables', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { maxLength: 6 }),
        fc.integer({ min: -60, max: 60 }),
        fc.constantFrom('A', 'B', 'C'),
        (cuts, value, letter) => {
          const ends = cuts.toSorted((a, b) => a - b);
          const ranges = [undefined, ...ends].map((from, at) => ({
            ...(from === undefined ? {} : { from }),
            ...(ends[at] === undefined ? {} : { below: ends[at] }),
          }));
          const table: DecisionTable<number> = {
            dimensions: [
              { fact: 'x', isRange: true },
              { fact: 'w', words: ['A'], hasOthers: true },
            ],
            rows: ranges.flatMap((x, at) =>
              ['A', '*'].map((word) => ({
                rowId: `${word}${String(at)}`,
                when: { x, w: [word] },
                then: at,
              })),
            ),
          };
          expect(tableFaults(table)).toEqual([]);
          const found = compileTable(table).find({ x: value, w: letter });
          const expected = ends.filter((end) => end <= value).length;
          expect(found?.rowId).toBe(`${letter === 'A' ? 'A' : '*'}${String(expected)}`);
        },
      ),
      { seed: 20_261_126 },
    );
  });
});

describe('compileTable', () => {
  const table: DecisionTable<string> = {
    dimensions: [grade, term],
    rows: whole.map((row) => ({ ...row, then: row.rowId })),
  };

  it.each([
    { facts: { grade: 'A', termMonths: 12 }, row: 'a-short' },
    { facts: { grade: 'A', termMonths: 13 }, row: 'a-long' },
    { facts: { grade: 'B', termMonths: -1 }, row: 'b' },
    { facts: { grade: 'Z', termMonths: 12 }, row: undefined },
    { facts: { grade: 'A' }, row: undefined },
    { facts: { grade: 3, termMonths: 12 }, row: undefined },
    { facts: { grade: 'A', termMonths: '12' }, row: undefined },
  ])('finds $row for $facts', ({ facts, row }) => {
    expect(compileTable(table).find(facts)?.rowId).toBe(row);
  });
});
