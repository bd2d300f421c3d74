/** How many loans of a group were repaid and how many went bad. */
export interface OutcomeCounts {
  readonly good: number;
  readonly bad: number;
}

/** Added to both counts of every group, so that a group without any bad loan has a weight and not infinity. */
const SMOOTHING = 0.5;

/** All groups together. */
export function totalOf(groups: readonly OutcomeCounts[]): OutcomeCounts {
  return groups.reduce((sum, { good, bad }) => ({ good: sum.good + good, bad: sum.bad + bad }), {
    good: 0,
    bad: 0,
  });
}

/** ln(share of all good / share of all bad): above 0 better than the sample, below 0 worse. */
export function weightOfEvidence(group: OutcomeCounts, total: OutcomeCounts): number {
  return Math.log(
    (group.good + SMOOTHING) /
      (total.good + SMOOTHING) /
      ((group.bad + SMOOTHING) / (total.bad + SMOOTHING)),
  );
}

/** What the groups together tell: under 0.02 nothing, above 0.3 much (Siddiqi, Credit Risk Scorecards, 2006). */
export function informationValue(groups: readonly OutcomeCounts[]): number {
  const total = totalOf(groups);
  if (total.good === 0 || total.bad === 0) return 0;
  return groups.reduce(
    (sum, group) =>
      sum + (group.good / total.good - group.bad / total.bad) * weightOfEvidence(group, total),
    0,
  );
}
