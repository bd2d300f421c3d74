/** How well a score tells good from bad. */
export interface Discrimination {
  /** The chance that a good loan scores above a bad one, ties counting half: 0.5 knows nothing. */
  readonly auc: number;
  /** The greatest distance between the shares of bad and of good loans at or below a score. */
  readonly ks: number;
  /** 2 × auc - 1. */
  readonly gini: number;
}

/** Exact, ties included: every score is a step of the curve, not every loan. */
export function discriminationOf(
  scores: readonly number[],
  isBad: readonly boolean[],
): Discrimination {
  const steps = new Map<number, { good: number; bad: number }>();
  let goods = 0;
  let bads = 0;
  for (const [row, score] of scores.entries()) {
    const step = steps.get(score) ?? { good: 0, bad: 0 };
    if (isBad[row] === true) {
      step.bad += 1;
      bads += 1;
    } else {
      step.good += 1;
      goods += 1;
    }
    steps.set(score, step);
  }
  if (goods === 0 || bads === 0)
    throw new Error('a sample with one outcome only has nothing to tell apart');
  let goodBelow = 0;
  let badBelow = 0;
  let wins = 0;
  let ks = 0;
  for (const [, { good, bad }] of [...steps].toSorted(([one], [other]) => one - other)) {
    wins += good * (badBelow + bad / 2);
    goodBelow += good;
    badBelow += bad;
    ks = Math.max(ks, Math.abs(badBelow / bads - goodBelow / goods));
  }
  const auc = wins / (goods * bads);
  return { auc, ks, gini: 2 * auc - 1 };
}
