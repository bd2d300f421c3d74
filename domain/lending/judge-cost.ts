import { InvalidInput } from '../shared/errors.ts';
import type { CostItem, LoanCost } from './cost.ts';

/** The most a loan may cost a year, on dates from the first to the last. */
export type CostCap = {
  readonly annual: string;
  readonly effectiveFrom: string;
  /** Absent: until further notice. */
  readonly effectiveTo?: string;
};

export type CostJudgement = {
  readonly isAllowed: boolean;
  /** The larger of the itemised and the combined cost, unrounded. */
  readonly largest: number;
  readonly cap: CostCap;
  /** Items nobody may charge a borrower: whatever goes to the platform (金规〔2025〕9号). */
  readonly forbidden: readonly CostItem[];
};

/** The cap in force on a date; not knowing one is an error, not a licence. */
export function capInForce(caps: readonly CostCap[], date: string): CostCap {
  const cap = caps.find(
    ({ effectiveFrom, effectiveTo }) =>
      effectiveFrom <= date && (effectiveTo === undefined || date <= effectiveTo),
  );
  if (cap === undefined) throw new InvalidInput(`no cost cap is in force on ${date}`);
  return cap;
}

/**
 * Holds the larger of the two all-in costs against the cap. Half a fen of rounding in every payment is not counted: a
 * contract at the cap may not fail because its installments are whole fen.
 */
export function judgeCost(cost: LoanCost, cap: CostCap): CostJudgement {
  const largest = Math.max(cost.itemised, cost.combined);
  const forbidden = cost.items.filter((item) => item.payeeRole === 'Platform' && item.totalFen > 0);
  const isWithin = largest - cost.rounding <= Number(cap.annual);
  return { isAllowed: isWithin && forbidden.length === 0, largest, cap, forbidden };
}
