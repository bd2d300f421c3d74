import type { Counts } from './ports.ts';

export interface OutcomeFigures {
  readonly good: number;
  readonly bad: number;
  /** Absent while all loans turned out the same. */
  readonly ks: number | undefined;
}

/** The greatest distance between the shares of bad and of good loans at or below a step of the score. */
export function ksOfOutcomes(counts: Counts): OutcomeFigures {
  const steps = new Map<number, { good: number; bad: number }>();
  for (const [name, count] of Object.entries(counts)) {
    const [, outcome, step] = /^(good|bad):(-?\d+)$/.exec(name) ?? [];
    if (outcome !== 'good' && outcome !== 'bad') continue;
    const at = steps.get(Number(step)) ?? { good: 0, bad: 0 };
    at[outcome] += count;
    steps.set(Number(step), at);
  }
  const ordered = [...steps].toSorted(([one], [other]) => one - other).map(([, each]) => each);
  const good = ordered.reduce((sum, each) => sum + each.good, 0);
  const bad = ordered.reduce((sum, each) => sum + each.bad, 0);
  if (good === 0 || bad === 0) return { good, bad, ks: undefined };
  let ks = 0;
  const below = { good: 0, bad: 0 };
  for (const each of ordered) {
    below.good += each.good;
    below.bad += each.bad;
    ks = Math.max(ks, Math.abs(below.bad / bad - below.good / good));
  }
  return { good, bad, ks };
}
