import type { Ratio } from '../../shared/money.ts';
import { addRatios, multiplyRatios, parseRate } from '../annual-rate.ts';
import type { Accrual } from '../terms.ts';
import type { ServicePolicy } from './service-policy.ts';

const ONE: Ratio = { numerator: 1, denominator: 1 };

/** What a late fen costs a day, and the same over a year of 365 days. */
export type PenaltyRate = {
  readonly daily: Ratio;
  readonly annual: number;
  readonly isClipped: boolean;
};

/**
 * Contract rate with the uplift, clipped to the total cap. The contract rate is a rate over its own year (360 days for
 * 30/360 and actual/360), the cap one over 365 days: they are compared day by day.
 */
export function penaltyRate(
  annualRate: string,
  accrual: Accrual,
  { uplift, capAnnual }: Pick<ServicePolicy['penalty'], 'uplift' | 'capAnnual'>,
): PenaltyRate {
  const yearDays = accrual === 'Thirty360' || accrual === 'Actual360' ? 360 : 365;
  const lifted = multiplyRatios(parseRate(annualRate), addRatios(ONE, parseRate(uplift)));
  const wanted = multiplyRatios(lifted, { numerator: 1, denominator: yearDays });
  const most = multiplyRatios(parseRate(capAnnual), { numerator: 1, denominator: 365 });
  const isClipped =
    BigInt(wanted.numerator) * BigInt(most.denominator) >
    BigInt(most.numerator) * BigInt(wanted.denominator);
  const daily = isClipped ? most : wanted;
  return { daily, annual: (daily.numerator * 365) / daily.denominator, isClipped };
}
