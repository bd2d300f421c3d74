import { ExactSum, multiplyRounded, type Ratio, type RoundingMode } from '../shared/money.ts';
import type { Terms } from './terms.ts';

/** Charges a balance for one period; called for every period in order. */
export type InterestMeter = (balanceFen: number, factor: Ratio) => number;

/** Interest rounds to the nearest even when the installment rounds up or down. */
export function interestRoundingMode(rounding: RoundingMode): RoundingMode {
  return rounding === 'HalfEven' ? 'HalfEven' : 'HalfUp';
}

/** The meter the terms ask for: each period rounded on its own, or the running total rounded. */
export function interestMeter(terms: Pick<Terms, 'rounding' | 'interestRounding'>): InterestMeter {
  const mode = interestRoundingMode(terms.rounding);
  if (terms.interestRounding === 'Cumulative') return cumulativeMeter(mode);
  return (balanceFen, factor) => multiplyRounded(balanceFen, factor, mode);
}

/** Rounds the exact interest since disbursement, so that the total is never more than half a fen off. */
function cumulativeMeter(mode: RoundingMode): InterestMeter {
  const exact = new ExactSum();
  let charged = 0;
  return (balanceFen, factor) => {
    exact.add(balanceFen, factor);
    const due = exact.rounded(mode) - charged;
    charged += due;
    return due;
  };
}
