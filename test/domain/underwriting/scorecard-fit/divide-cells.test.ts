import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  divideCells,
  type DivisionLimits,
} from '../../../../domain/underwriting/scorecard-fit/divide-cells.ts';
import type { OutcomeCounts } from '../../../../domain/underwriting/scorecard-fit/weight-of-evidence.ts';

const limits = (changes: Partial<DivisionLimits> = {}): DivisionLimits => ({
  groupsMax: 6,
  loansMin: 1,
  shape: 'Monotone',
  gainMin: 0.5,
  ...changes,
});
/** Cells of 100 loans each with so many bad ones. */
const hundreds = (...bad: number[]): OutcomeCounts[] =>
  bad.map((count) => ({ good: 100 - count, bad: count }));

describe('divideCells', () => {
  it.each([
    { what: 'one way up', cells: hundreds(10, 20, 40), shape: 'Monotone', starts: [0, 1, 2] },
    { what: 'one way down', cells: hundreds(40, 20, 10), shape: 'Monotone', starts: [0, 1, 2] },
    { what: 'nothing to tell', cells: hundreds(20, 20, 20), shape: 'Monotone', starts: [0] },
    {
      what: 'a wave flattened',
      cells: hundreds(10, 30, 20, 40),
      shape: 'Monotone',
      starts: [0, 1, 3],
    },
    { what: 'a declared valley', cells: hundreds(40, 10, 40), shape: 'OneTurn', starts: [0, 1, 2] },
    { what: 'a declared peak', cells: hundreds(10, 40, 10), shape: 'OneTurn', starts: [0, 1, 2] },
    {
      what: 'a declared turn that is not there',
      cells: hundreds(10, 20, 40),
      shape: 'OneTurn',
      starts: [0, 1, 2],
    },
    {
      what: 'a clear valley found',
      cells: hundreds(40, 10, 40),
      shape: 'Found',
      starts: [0, 1, 2],
    },
    {
      what: 'a turn that chance explains',
      cells: hundreds(30, 20, 26),
      shape: 'Found',
      starts: [0, 1],
    },
  ] as const)('answers $starts for $what', ({ cells, shape, starts }) => {
    expect(divideCells(cells, limits({ shape }))).toEqual(starts);
  });

  it('keeps every group as large as asked', () => {
    const cells = [
      { good: 5, bad: 4 },
      { good: 50, bad: 10 },
      { good: 60, bad: 3 },
    ];
    expect(divideCells(cells, limits({ loansMin: 9 }))).toEqual([0, 1, 2]);
    expect(divideCells(cells, limits({ loansMin: 10 }))).toEqual([0, 2]);
  });

  it('makes no group that does not earn its price', () => {
    expect(divideCells(hundreds(20, 26), limits({ gainMin: 1.02 }))).toEqual([0]);
    expect(divideCells(hundreds(20, 26), limits({ gainMin: 1.0 }))).toEqual([0, 1]);
  });

  it.each([[[]], [[{ good: 3, bad: 1 }]]])('leaves %j alone', (cells) => {
    expect(divideCells(cells, limits())).toEqual([0]);
  });

  const someCells = fc.array(
    fc.record({ good: fc.integer({ min: 0, max: 30 }), bad: fc.integer({ min: 1, max: 30 }) }),
    { minLength: 1, maxLength: 7 },
  );
  const someLimits = fc.record({
    groupsMax: fc.integer({ min: 2, max: 5 }),
    loansMin: fc.integer({ min: 1, max: 40 }),
    shape: fc.constantFrom('Monotone' as const, 'OneTurn' as const),
    gainMin: fc.constantFrom(0, 0.5, 4),
  });

  it('finds a division that none of all possible ones beats', () => {
    fc.assert(
      fc.property(someCells, someLimits, (cells, given) => {
        const best = Math.max(
          0,
          ...everyDivision(cells, given).map((one) => gainOf(cells, one, given)),
        );
        expect(gainOf(cells, divideCells(cells, given), given)).toBeCloseTo(best, 8);
      }),
      { seed: 20261126, numRuns: 400 },
    );
  });

  it('answers groups within its limits', () => {
    fc.assert(
      fc.property(someCells, someLimits, (cells, given) => {
        const starts = divideCells(cells, given);
        expect(starts.length).toBeLessThanOrEqual(given.groupsMax);
        if (starts.length > 1) expect(isWithin(cells, starts, given)).toBe(true);
      }),
      { seed: 20261126, numRuns: 400 },
    );
  });
});

/** Every way to cut the cells that keeps the limits, by brute force. */
function everyDivision(cells: readonly OutcomeCounts[], given: DivisionLimits): number[][] {
  const cuts = cells.length - 1;
  return Array.from({ length: 2 ** cuts }, (_, mask) => [
    0,
    ...Array.from({ length: cuts }, (_cut, at) => at + 1).filter((at) => (mask >> (at - 1)) & 1),
  ]).filter((starts) => starts.length <= given.groupsMax && isWithin(cells, starts, given));
}

function groupsOf(cells: readonly OutcomeCounts[], starts: readonly number[]): OutcomeCounts[] {
  return starts.map((start, at) =>
    cells.slice(start, starts[at + 1]).reduce((sum, cell) => ({
      good: sum.good + cell.good,
      bad: sum.bad + cell.bad,
    })),
  );
}

function isWithin(
  cells: readonly OutcomeCounts[],
  starts: readonly number[],
  { loansMin, shape }: DivisionLimits,
): boolean {
  const groups = groupsOf(cells, starts);
  if (groups.some(({ good, bad }) => good + bad < loansMin)) return false;
  const shares = groups.map(({ good, bad }) => bad / (good + bad));
  const steps = shares.slice(1).map((share, at) => Math.sign(share - (shares[at] ?? 0)));
  if (steps.includes(0)) return false;
  const turns = steps.slice(1).filter((step, at) => step !== steps[at]).length;
  return turns <= (shape === 'Monotone' ? 0 : 1);
}

function gainOf(
  cells: readonly OutcomeCounts[],
  starts: readonly number[],
  { gainMin }: DivisionLimits,
): number {
  const likelihood = (groups: readonly OutcomeCounts[]): number =>
    groups.reduce((sum, { good, bad }) => {
      const all = good + bad;
      return sum + [good, bad].reduce((s, n) => s + (n === 0 ? 0 : n * Math.log(n / all)), 0);
    }, 0);
  return (
    2 * (likelihood(groupsOf(cells, starts)) - likelihood(groupsOf(cells, [0]))) -
    gainMin * (starts.length - 1)
  );
}
