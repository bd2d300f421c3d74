import {
  findPolicyInt,
  findPolicyRate,
  type PolicyPack,
  policyRate,
  type PolicyScope,
} from '../catalog/policy-pack.ts';
import { parseRate } from '../lending/annual-rate.ts';
import { costOf, type LoanCost } from '../lending/cost.ts';
import { buildSchedule } from '../lending/schedule.ts';
import { addMonthsToDay } from '../shared/calendar.ts';
import { present } from '../shared/present.ts';
import type { Terms } from '../lending/terms.ts';

export interface JudgedCost {
  readonly cost: LoanCost;
  /** The itemised sum, the combined rate or the larger of both, as the policy pack says; unrounded. */
  readonly allInCost: number;
  /** What no loan of the lender may cost a year on the date. */
  readonly cap: number;
  readonly isAboveCap: boolean;
  /** What microloan lenders have to come down to (a multiple of the LPR), while it only warns. */
  readonly target: number | undefined;
  readonly isAboveTarget: boolean;
}

/** What is held against the cap, by the word of the policy pack; where it has none, the strictest. */
const bases: Readonly<Record<string, (cost: LoanCost) => number>> = {
  MaxOfCombinedAndItemised: ({ itemised, combined }) => Math.max(itemised, combined),
  Combined: ({ combined }) => combined,
  Itemised: ({ itemised }) => itemised,
};

/** A rate found by iteration that equals the cap but for the last bits of a double is not above it. */
const ITERATION_TOLERANCE = 1e-9;

/**
 * Holds the all-in cost, on the real cash flows and unrounded, against what is in force for a lender on a date: the cap,
 * and the target of microloan lenders, which warns until its day and is a cap from then on. Loans of a month at most have
 * the cap alone (小额贷款公司综合融资成本管理工作指引).
 */
export function judgeCost(terms: Terms, policyPack: PolicyPack, scope: PolicyScope): JudgedCost {
  const schedule = buildSchedule(terms);
  const cost = costOf(terms, schedule);
  const cap = ratioOf(policyRate(policyPack, 'cost.allInCapAnnual', scope));
  const basis = findPolicyRate(policyPack, 'cost.capBasis', scope) ?? 'MaxOfCombinedAndItemised';
  const allInCost = bases[basis]?.(cost);
  if (allInCost === undefined) throw new Error(`the policy pack has no basis of the cap ${basis}`);
  const { dueDay } = present(schedule.rows.at(-1));
  const isShort = dueDay <= addMonthsToDay(schedule.disbursedDay, 1);
  const { target, isBinding } = isShort ? noTarget : targetIn(policyPack, scope);
  const isAboveTarget = target !== undefined && isAbove(allInCost, target);
  return {
    cost,
    allInCost,
    cap: isBinding ? Math.min(cap, target ?? cap) : cap,
    isAboveCap: isAbove(allInCost, cap) || (isBinding && isAboveTarget),
    target: isBinding ? undefined : target,
    isAboveTarget: !isBinding && isAboveTarget,
  };
}

interface Target {
  readonly target: number | undefined;
  readonly isBinding: boolean;
}

const noTarget: Target = { target: undefined, isBinding: false };

function targetIn(policyPack: PolicyPack, scope: PolicyScope): Target {
  const multiple = findPolicyInt(policyPack, 'cost.microTargetLprMultiple', scope);
  if (multiple === undefined) return noTarget;
  const by = policyRate(policyPack, 'cost.microTargetBy', scope);
  const mode = policyRate(policyPack, 'cost.microTargetMode', scope);
  return {
    target: ratioOf(policyRate(policyPack, 'lpr.1Y', scope)) * multiple,
    isBinding: mode !== 'Warn' || scope.date > by,
  };
}

function ratioOf(rate: string): number {
  const { numerator, denominator } = parseRate(rate);
  return numerator / denominator;
}

function isAbove(rate: number, most: number): boolean {
  return rate > most + ITERATION_TOLERANCE;
}

/** Whether a rate found by iteration is above a cap. */
export function isAboveCap(rate: number, cap: string): boolean {
  return isAbove(rate, ratioOf(cap));
}
