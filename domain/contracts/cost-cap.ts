import { type PolicyPack, policyRate, type PolicyScope } from '../catalog/policy-pack.ts';
import { parseRate } from '../lending/annual-rate.ts';
import { costOf, type LoanCost } from '../lending/cost.ts';
import { buildSchedule } from '../lending/schedule.ts';
import type { Terms } from '../lending/terms.ts';

export interface JudgedCost {
  readonly cost: LoanCost;
  /** The larger of the itemised sum and the combined rate, unrounded. */
  readonly allInCost: number;
  readonly isAboveCap: boolean;
}

/** A rate found by iteration that equals the cap but for the last bits of a double is not above it. */
const ITERATION_TOLERANCE = 1e-9;

/** Holds the all-in cost, on the real cash flows and unrounded, against the cap in force for a lender on a date. */
export function judgeCost(terms: Terms, policyPack: PolicyPack, scope: PolicyScope): JudgedCost {
  const cost = costOf(terms, buildSchedule(terms));
  const allInCost = Math.max(cost.itemised, cost.combined);
  const cap = policyRate(policyPack, 'cost.allInCapAnnual', scope);
  return { cost, allInCost, isAboveCap: isAboveCap(allInCost, cap) };
}

/** Whether a rate found by iteration is above a cap. */
export function isAboveCap(rate: number, cap: string): boolean {
  const { numerator, denominator } = parseRate(cap);
  return rate > numerator / denominator + ITERATION_TOLERANCE;
}
