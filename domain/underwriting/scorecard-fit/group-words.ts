import type { BinLimits } from './bin-numbers.ts';
import { divideCells } from './divide-cells.ts';
import type { FieldBin } from './field-bins.ts';
import { totalOf, weightOfEvidence, type OutcomeCounts } from './weight-of-evidence.ts';

interface Cell extends OutcomeCounts {
  readonly words: readonly string[];
  readonly isRare: boolean;
}

/**
 * Puts the words of a field together that say the same. Words too rare to judge stand together, and the bin they fall in
 * takes words that the sample does not know; without rare words an unknown one is neither good nor bad.
 */
export function groupWords(
  values: readonly (string | undefined)[],
  isBad: readonly boolean[],
  limits: Omit<BinLimits, 'shape'>,
): FieldBin[] {
  const { known, missing } = countWords(values, isBad);
  const cells = orderedCells(known, limits.loansMin);
  const starts = divideCells(cells, {
    groupsMax: limits.binsMax,
    loansMin: limits.loansMin,
    shape: 'Monotone',
    gainMin: limits.gainMin,
  });
  const groups = starts.map((start, at) => cells.slice(start, starts[at + 1]));
  return [
    ...groups.flatMap((group): FieldBin[] => {
      const words = group.flatMap((cell) => cell.words).toSorted(byName);
      const bin = { words, counts: totalOf(group) };
      return words.length === 0 ? [] : [bin];
    }),
    ...unseenBins(groups),
    ...(missing.good + missing.bad === 0 ? [] : [{ takes: 'Missing' as const, counts: missing }]),
  ];
}

function unseenBins(groups: readonly (readonly Cell[])[]): FieldBin[] {
  const rare = groups.find((group) => group.some(({ isRare }) => isRare));
  return rare === undefined ? [] : [{ takes: 'Unseen', counts: totalOf(rare) }];
}

function countWords(values: readonly (string | undefined)[], isBad: readonly boolean[]) {
  const known = new Map<string, { good: number; bad: number }>();
  const missing = { good: 0, bad: 0 };
  for (const [row, word] of values.entries()) {
    const outcome = isBad[row] === true ? 'bad' : 'good';
    if (word === undefined) missing[outcome] += 1;
    else {
      const counts = known.get(word) ?? { good: 0, bad: 0 };
      counts[outcome] += 1;
      known.set(word, counts);
    }
  }
  return { known, missing };
}

/** From the worst word to the best; rare ones as one cell at the place of their common weight. */
function orderedCells(known: ReadonlyMap<string, OutcomeCounts>, loansMin: number): Cell[] {
  const words = [...known].toSorted(([one], [other]) => byName(one, other));
  const isRare = ({ good, bad }: OutcomeCounts): boolean => good + bad < loansMin;
  const rare = words.filter(([, counts]) => isRare(counts));
  const cells: Cell[] = words
    .filter(([, counts]) => !isRare(counts))
    .map(([word, counts]) => ({ words: [word], ...counts, isRare: false }));
  if (rare.length > 0)
    cells.push({
      words: rare.map(([word]) => word),
      ...totalOf(rare.map(([, counts]) => counts)),
      isRare: true,
    });
  const total = totalOf(cells);
  return cells.toSorted(
    (one, other) => weightOfEvidence(one, total) - weightOfEvidence(other, total),
  );
}

function byName(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
