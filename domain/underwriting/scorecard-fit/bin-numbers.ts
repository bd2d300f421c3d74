import { divideCells, type Shape } from './divide-cells.ts';
import type { FieldBin } from './field-bins.ts';
import type { OutcomeCounts } from './weight-of-evidence.ts';

export interface BinLimits {
  readonly binsMax: number;
  readonly loansMin: number;
  readonly shape: Shape;
  readonly gainMin: number;
}

/** Cut points are sought between this many cells of about as many loans each: finer ones fit noise. */
const CELLS_MAX = 50;

interface Cell extends OutcomeCounts {
  readonly from: number;
}

/** Cuts a numeric field into ranges; loans without a value get a bin of their own when there are any. */
export function binNumbers(
  values: readonly (number | undefined)[],
  isBad: readonly boolean[],
  limits: BinLimits,
): FieldBin[] {
  const cells = cellsOf(values, isBad);
  const starts = divideCells(cells, {
    groupsMax: limits.binsMax,
    loansMin: limits.loansMin,
    shape: limits.shape,
    gainMin: limits.gainMin,
  });
  const ranges = starts.map((start, at): FieldBin => {
    const end = starts[at + 1];
    const from = cells[start]?.from;
    const below = end === undefined ? undefined : cells[end]?.from;
    return {
      ...(at > 0 && from !== undefined && { from }),
      ...(below !== undefined && { below }),
      counts: countsOf(cells.slice(start, end)),
    };
  });
  const missing = countsOf(
    isBad
      .filter((_, row) => values[row] === undefined)
      .map((bad) => ({ good: bad ? 0 : 1, bad: bad ? 1 : 0 })),
  );
  return missing.good + missing.bad === 0
    ? ranges
    : [...ranges, { takes: 'Missing', counts: missing }];
}

/** Cells from the lowest value up: one a value where there are few values, else of about equal numbers of loans. */
function cellsOf(values: readonly (number | undefined)[], isBad: readonly boolean[]): Cell[] {
  const perValue = new Map<number, { good: number; bad: number }>();
  let loans = 0;
  for (const [row, value] of values.entries()) {
    if (value === undefined) continue;
    const counts = perValue.get(value) ?? { good: 0, bad: 0 };
    counts[isBad[row] === true ? 'bad' : 'good'] += 1;
    perValue.set(value, counts);
    loans += 1;
  }
  const ordered = [...perValue].toSorted(([one], [other]) => one - other);
  if (ordered.length <= CELLS_MAX) return ordered.map(([from, counts]) => ({ from, ...counts }));
  const cells: { from: number; good: number; bad: number }[] = [];
  let seen = 0;
  for (const [from, { good, bad }] of ordered) {
    const last = cells.at(-1);
    // A new cell begins when the loans so far have filled the cells so far.
    if (last === undefined || seen * CELLS_MAX >= cells.length * loans)
      cells.push({ from, good, bad });
    else {
      last.good += good;
      last.bad += bad;
    }
    seen += good + bad;
  }
  return cells;
}

function countsOf(cells: readonly OutcomeCounts[]): OutcomeCounts {
  let good = 0;
  let bad = 0;
  for (const cell of cells) {
    good += cell.good;
    bad += cell.bad;
  }
  return { good, bad };
}
