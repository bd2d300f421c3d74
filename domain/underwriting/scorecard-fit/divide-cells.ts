import type { OutcomeCounts } from './weight-of-evidence.ts';

/**
 * How the share of bad loans may run along a field: one way; with one turn, where somebody has declared it; or found, one
 * way unless a turn explains so much that chance does not.
 */
export type Shape = 'Monotone' | 'OneTurn' | 'Found';

export interface DivisionLimits {
  /** The most groups. */
  readonly groupsMax: number;
  /** The fewest loans of a group. */
  readonly loansMin: number;
  readonly shape: Shape;
  /** What every further group must add to the likelihood ratio (twice the logarithm) to be worth it. */
  readonly gainMin: number;
}

type Direction = 'Rising' | 'Falling';

const rising: readonly Direction[] = ['Rising'];
const falling: readonly Direction[] = ['Falling'];
const peak: readonly Direction[] = ['Rising', 'Falling'];
const valley: readonly Direction[] = ['Falling', 'Rising'];

/** Chi-square of one degree of freedom at 0.1 %: what a turn nobody declared must add to the likelihood ratio. */
const TURN_GAIN_MIN = 10.83;

interface Route {
  readonly legs: readonly Direction[];
  readonly gainMin: number;
}

const monotone: readonly Route[] = [
  { legs: rising, gainMin: 0 },
  { legs: falling, gainMin: 0 },
];
const turning = (gainMin: number): readonly Route[] => [
  { legs: peak, gainMin },
  { legs: valley, gainMin },
];

const routes: Readonly<Record<Shape, readonly Route[]>> = {
  Monotone: monotone,
  OneTurn: turning(0),
  Found: [...monotone, ...turning(TURN_GAIN_MIN)],
};

/**
 * Divides ordered cells into groups of neighbours: of all divisions within the limits the one that explains the outcomes
 * best (dynamic programming over group ends, so the best and not a greedy one). Answers where each group begins; a single
 * 0 when nothing is worth dividing.
 */
export function divideCells(cells: readonly OutcomeCounts[], limits: DivisionLimits): number[] {
  const found = routes[limits.shape].map(({ legs, gainMin }) => {
    const { gain, starts } = bestAlong(cells, limits, legs);
    return { gain: gain - gainMin, starts };
  });
  return found.reduce((best, one) => (one.gain > best.gain ? one : best), { gain: 0, starts: [0] })
    .starts;
}

interface Division {
  readonly gain: number;
  readonly starts: number[];
}

/** A division of the cells before `end`, remembered by its last group: what may follow depends on nothing else. */
interface Partial {
  readonly gain: number;
  readonly start: number;
  readonly badShare: number;
  readonly before: Partial | undefined;
}

function bestAlong(
  cells: readonly OutcomeCounts[],
  limits: DivisionLimits,
  legs: readonly Direction[],
): Division {
  const sums = runningSums(cells);
  const whole = groupBetween(sums, 0, cells.length);
  const wholeLikelihood = likelihoodOf(whole);
  let best: Division = { gain: 0, starts: [0] };
  // partials[end][leg]: every last group that ends there.
  let partials = firstGroups(sums, limits, legs.length);
  for (let count = 2; count <= limits.groupsMax; count += 1) {
    const next = emptyPartials(cells.length, legs.length);
    for (const [start, end] of spansOf(cells.length)) {
      const group = groupBetween(sums, start, end);
      if (group.good + group.bad >= limits.loansMin)
        extend({ partials, next, group, start, end, legs });
    }
    for (const partial of next[cells.length]?.flat() ?? []) {
      const gain = 2 * (partial.gain - wholeLikelihood) - limits.gainMin * (count - 1);
      if (gain > best.gain) best = { gain, starts: startsOf(partial) };
    }
    partials = next;
  }
  return best;
}

type Partials = Partial[][][];

function emptyPartials(cells: number, legs: number): Partials {
  return Array.from({ length: cells + 1 }, () => Array.from({ length: legs }, () => []));
}

function firstGroups(
  sums: readonly OutcomeCounts[],
  { loansMin }: DivisionLimits,
  legs: number,
): Partials {
  const partials = emptyPartials(sums.length - 1, legs);
  for (let end = 1; end < sums.length; end += 1) {
    const group = groupBetween(sums, 0, end);
    if (group.good + group.bad < loansMin) continue;
    partials[end]?.[0]?.push({
      gain: likelihoodOf(group),
      start: 0,
      badShare: badShareOf(group),
      before: undefined,
    });
  }
  return partials;
}

/** Every group but a first one, by where it starts and ends. */
function* spansOf(cells: number): Generator<readonly [start: number, end: number]> {
  for (let start = 1; start < cells; start += 1)
    for (let end = start + 1; end <= cells; end += 1) yield [start, end];
}

function extend(step: {
  readonly partials: Partials;
  readonly next: Partials;
  readonly group: OutcomeCounts;
  readonly start: number;
  readonly end: number;
  readonly legs: readonly Direction[];
}): void {
  const { partials, next, group, start, end, legs } = step;
  const badShare = badShareOf(group);
  const likelihood = likelihoodOf(group);
  for (const [leg, direction] of legs.entries()) {
    // From the same leg of the route, or from the one before it: that is the turn.
    const same = bestBefore(partials[start]?.[leg], direction, badShare);
    const turned = bestBefore(partials[start]?.[leg - 1], direction, badShare);
    const before =
      same === undefined || (turned !== undefined && turned.gain > same.gain) ? turned : same;
    if (before !== undefined)
      next[end]?.[leg]?.push({ gain: before.gain + likelihood, start, badShare, before });
  }
}

function bestBefore(
  partials: readonly Partial[] = [],
  direction: Direction,
  badShare: number,
): Partial | undefined {
  let best: Partial | undefined;
  for (const before of partials)
    if (isAlong(direction, before.badShare, badShare) && (best?.gain ?? -Infinity) < before.gain)
      best = before;
  return best;
}

function isAlong(direction: Direction, before: number, after: number): boolean {
  return direction === 'Rising' ? after > before : after < before;
}

function startsOf(partial: Partial): number[] {
  return [...(partial.before === undefined ? [] : startsOf(partial.before)), partial.start];
}

function runningSums(cells: readonly OutcomeCounts[]): OutcomeCounts[] {
  const sums: OutcomeCounts[] = [{ good: 0, bad: 0 }];
  for (const { good, bad } of cells) {
    const last = sums.at(-1) ?? { good: 0, bad: 0 };
    sums.push({ good: last.good + good, bad: last.bad + bad });
  }
  return sums;
}

function groupBetween(sums: readonly OutcomeCounts[], start: number, end: number): OutcomeCounts {
  const from = sums[start] ?? { good: 0, bad: 0 };
  const to = sums[end] ?? { good: 0, bad: 0 };
  return { good: to.good - from.good, bad: to.bad - from.bad };
}

function badShareOf({ good, bad }: OutcomeCounts): number {
  return bad / (good + bad);
}

/** Logarithm of the likelihood of the outcomes when every loan of the group goes bad with the group's own share. */
function likelihoodOf({ good, bad }: OutcomeCounts): number {
  const all = good + bad;
  return termOf(good, all) + termOf(bad, all);
}

function termOf(count: number, all: number): number {
  return count === 0 ? 0 : count * Math.log(count / all);
}
