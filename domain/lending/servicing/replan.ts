import type { Ratio } from '../../shared/money.ts';
import { present } from '../../shared/present.ts';
import { planLoan } from '../loan-plan.ts';
import { splitFinanced, splitKeepingLevel, type Financed, type Installments } from '../schedule.ts';
import type { Terms } from '../terms.ts';

/** What is left to repay, the days to do it, and what each period charges. */
export type Remainder = {
  readonly terms: Terms;
  readonly balanceFen: number;
  readonly days: readonly number[];
  readonly factors: readonly Ratio[];
  /** What flat interest is charged on. */
  readonly flatBaseFen: number;
  /** Keep this level and need fewer installments; absent, use all the days. */
  readonly levelFen: number | undefined;
};

/** New installments for what is left, by the method of the terms. */
export function replan(remainder: Remainder): Installments {
  const full = financedBy(remainder, remainder.days.length);
  if (remainder.levelFen === undefined) return splitFinanced(full);
  const kept = splitKeepingLevel(full, remainder.levelFen);
  const needed = 1 + kept.rows.findLastIndex((row) => row.principalFen > 0);
  // Again over the days it needs, so that fees due with the last installment move to it.
  return splitKeepingLevel(financedBy(remainder, needed), remainder.levelFen);
}

function financedBy(remainder: Remainder, count: number): Financed {
  const { terms, balanceFen, days, factors, flatBaseFen } = remainder;
  const used = days.slice(0, count);
  const own: Terms = {
    ...terms,
    principalFen: balanceFen,
    downPaymentFen: 0,
    installments: count,
    fees: terms.fees.filter((fee) => fee.timing !== 'WithFirst'),
  };
  return {
    plan: planLoan(own),
    due: { days: used, firstNominalDay: present(used[0]), firstMonths: undefined },
    financedFen: balanceFen,
    flatBaseFen,
    factors: { length: count, even: undefined, list: factors },
  };
}
