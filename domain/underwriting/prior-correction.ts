/** The share of bad loans in a sample and in the population it was drawn from, each between 0 and 1, both exclusive. */
export interface Prior {
  readonly sampleBadShare: number;
  readonly populationBadShare: number;
}

/**
 * What the logarithm of the odds of good to bad gains when a sample of so many bad loans stands for a population of
 * fewer: the same for every loan, so who is better than whom stays as it was. King and Zeng 2001, "Logistic Regression in
 * Rare Events Data", section 4.1 (prior correction).
 */
export function logOddsShift({ sampleBadShare, populationBadShare }: Prior): number {
  return Math.log(odds(sampleBadShare) / odds(populationBadShare));
}

/** The share of bad loans that a group of the sample stands for in the population. None stays none, and all stay all. */
export function populationShareOf(badShareInSample: number, prior: Prior): number {
  if (badShareInSample >= 1) return 1;
  const corrected = odds(badShareInSample) * Math.exp(-logOddsShift(prior));
  return corrected / (1 + corrected);
}

/** Bad to good. */
function odds(badShare: number): number {
  return badShare / (1 - badShare);
}
