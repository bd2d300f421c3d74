import type { CreditPolicy } from './credit-policy.ts';

/**
 * The version that decides an application sent in on a date: the newest whose days include it. A version may only be
 * published for days that are still to come, so the answer for a past date never changes.
 */
export function policyInForce(
  versions: readonly CreditPolicy[],
  date: string,
): CreditPolicy | undefined {
  return versions
    .filter(
      ({ effectiveFrom, effectiveTo }) =>
        effectiveFrom <= date && (effectiveTo === undefined || date <= effectiveTo),
    )
    .toSorted((one, other) => other.version - one.version)
    .at(0);
}
